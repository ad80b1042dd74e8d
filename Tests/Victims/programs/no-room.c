/*
 * All descriptors that the hard limit allows are the program's own: it looks at each number, and
 * takes all; what it unloads meanwhile is recorded later.
 *
 * expect: open:3 {+a a> } open:3 own:29 full:1 {-a <a } own:29 {+b b> } {-b <b } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { LIMIT = 32 };

/* How many of the numbers are open; each of the program's own files must be empty. */
static int count_open(void)
{
	int count = 0;

	for (int number = 0; number < LIMIT; number++)
		count += lseek(number, 0, SEEK_CUR) >= 0 || errno != EBADF;
	return count;
}

static int take_all(void)
{
	int count = 0;

	while (memfd_create("mine", 0) >= 0)
		count++;
	return count;
}

int main(int count, char **arguments)
{
	struct rlimit limit = { LIMIT, LIMIT };
	char *again[] = { arguments[0], "again", NULL };
	int bytes = 0;
	void *a;

	if (count == 1) { /* begin anew, so that the limit is there from the start */
		prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE, 0, 0, 0);
		for (int number = 3; number < 65536; number++)
			close(number);
		setrlimit(RLIMIT_NOFILE, &limit);
		execv("/proc/self/exe", again);
		return fail("exec");
	}
	say("open:%d", count_open());
	a = load("a");
	say("open:%d", count_open());
	say("own:%d", take_all());
	say("full:%d", errno == EMFILE);
	unload("a", a);
	for (int number = 3; number < LIMIT; number++) {
		bytes += (int)lseek(number, 0, SEEK_END);
		close(number);
	}
	if (bytes)
		return fail("bytes of somebody else's");
	say("own:%d", take_all());
	close(LIMIT - 1);
	a = load("b");
	unload("b", a);
	return pass();
}
