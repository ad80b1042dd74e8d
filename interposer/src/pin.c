/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that are never unloaded; see pin.h. */
#include "pin.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "dltrace_wire.h"
#include "hooks.h"
#include "objects.h"
#include "process.h"
#include "text.h"

static char globs[PATH_MAX];

void dlt_pin_configure(void)
{
	const char *list = dlt_environment("DLTRACE_PIN");

	if (list && !dlt_text_join(globs, sizeof(globs), list, "", ""))
		dlt_debug("DLTRACE_PIN is too long", list);
}

bool dlt_pin_is_on(void)
{
	return globs[0];
}

/* MARK: globs, from `glob` to `end` */

/* Whether a set, [abc] or [!a-z], has the character; *set, behind its bracket, moves behind it. */
static bool is_in_set(const char **set, const char *end, char character)
{
	const char *at = *set;
	bool negated = at < end && *at == '!', found = false;

	at += negated;
	for (const char *first = at; at < end && (*at != ']' || at == first); at++) {
		bool range = at + 2 < end && at[1] == '-' && at[2] != ']';

		found |= range ? character >= at[0] && character <= at[2] : character == *at;
		at += range ? 2 : 0;
	}
	*set = at + 1;
	return found != negated;
}

static bool matches(const char *glob, const char *end, const char *text)
{
	const char *star = NULL, *star_text = NULL;

	for (;;) {
		const char *next = glob + 1;

		if (glob < end && *glob == '*') {
			star = ++glob;
			star_text = text;
		} else if (glob >= end && !*text) {
			return true;
		} else if (glob < end && *text &&
			   (*glob == '?' ||
			    (*glob == '[' ? is_in_set(&next, end, *text) : *glob == *text))) {
			glob = next;
			text++;
		} else if (star && *star_text) {
			glob = star;
			text = ++star_text;
		} else {
			return false;
		}
	}
}

bool dlt_pin_wants(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (const char *glob = globs; *glob;) {
		const char *end = strchr(glob, ':');

		if (!end)
			end = glob + strlen(glob);
		if (end > glob && matches(glob, end, memchr(glob, '/', end - glob) ? path : name))
			return true;
		glob = *end ? end + 1 : end;
	}
	return false;
}

/* MARK: pinning */

static void pin(const struct dlt_object *object)
{
	int flags = RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE;
	void *handle = object->lmid ? dlt_real.dlmopen(object->lmid, object->name, flags)
				    : dlt_real.dlopen(object->name, flags);

	if (handle)
		dlt_real.dlclose(handle);
	else
		dlt_debug("can't be pinned", dlt_real.dlerror());
}

void dlt_pin_loaded(void)
{
	static uint32_t done_changes;
	int saved_errno = errno;

	if (!globs[0] || done_changes == dlt_objects.changes)
		return;
	done_changes = dlt_objects.changes;
	for (uint32_t i = 0; i < dlt_objects.used; i++) {
		struct dlt_object *object = &dlt_objects.entries[i];

		if (!object->map || !object->to_pin || object->origin != DLT_WIRE_ORIGIN_FILE)
			continue;
		pin(object);
		object->to_pin = false;
	}
	errno = saved_errno;
}
