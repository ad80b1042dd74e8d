/* SPDX-License-Identifier: Apache-2.0 */
/* Names and opens spill files; see spill.h. */
#include "spill.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "process.h"
#include "system.h"
#include "text.h"

static char folder[PATH_MAX];

void dlt_spill_configure(void)
{
	const char *spill = dlt_environment("DLTRACE_SPILL");
	const char *state = dlt_environment("XDG_STATE_HOME");
	const char *home = dlt_environment("HOME");

	if (spill && *spill)
		dlt_text_join(folder, sizeof(folder), spill, "", "");
	else if (state && *state == '/')
		dlt_text_join(folder, sizeof(folder), state, "/dltrace/spill", "");
	else if (home && *home == '/')
		dlt_text_join(folder, sizeof(folder), home, "/.local/state/dltrace/spill", "");
}

const char *dlt_spill_folder(void)
{
	return folder;
}

static bool file_path(char path[PATH_MAX], const char *suffix)
{
	char pid[24], stream[24], name[96];

	dlt_text_join(name, sizeof(name), "/", dlt_text_number(pid, dlt_process.pid, 10, 1), "-");
	dlt_text_join(name, sizeof(name), name, dlt_text_number(stream, dlt_process.stream, 16, 16),
		      suffix);
	return folder[0] && dlt_text_join(path, PATH_MAX, folder, name, ".spill");
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		dlt_mkdir(path, 0700);
		*slash = '/';
	}
}

/* Where the program has all the descriptors it may have: one above its soft limit. */
static int open_above_limit(const char *path, int flags)
{
	struct rlimit limit = { 0 }, raised;
	int fd = -EMFILE;

	if (dlt_limit(RLIMIT_NOFILE, NULL, &limit))
		return fd;
	raised = limit;
	raised.rlim_cur++;
	if (!dlt_limit(RLIMIT_NOFILE, &raised, NULL)) {
		fd = dlt_open(path, flags, 0600);
		dlt_limit(RLIMIT_NOFILE, &limit, NULL);
	}
	return fd;
}

int dlt_spill_open(const char *suffix, int flags)
{
	char path[PATH_MAX];
	int fd;

	flags |= O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	if (!file_path(path, suffix))
		return -ENOENT;
	fd = dlt_open(path, flags, 0600);
	if (fd == -ENOENT) {
		make_folders(path);
		fd = dlt_open(path, flags, 0600);
	}
	return fd == -EMFILE ? open_above_limit(path, flags) : fd;
}

void dlt_spill_remove(const char *suffix)
{
	char path[PATH_MAX];

	if (file_path(path, suffix))
		dlt_unlink(path);
}
