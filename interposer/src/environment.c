/* SPDX-License-Identifier: Apache-2.0 */
/* The hook of putenv, and what of the environment an unload takes away; see environment.h. */
#include "environment.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hooks.h"
#include "left.h"
#include "process.h"
#include "registrations.h"
#include "system.h"

enum { STRINGS_MAX = 256, NAME_MAX_BYTES = 64, ENTRIES_MAX = 1 << 16 };

/* What was put in last; the oldest ones are forgotten. Under the registrations' lock. */
static struct string {
	uint64_t address;
	struct dlt_registered registered;
	char name[NAME_MAX_BYTES];
} strings[STRINGS_MAX];

static uint32_t next_string;

/* The program's variable environ(7), which may be a copy in the executable. */
static char *_Atomic **environ_variable;

void dlt_environment_start(void)
{
	environ_variable = (char *_Atomic **)dlt_hooks_symbol("__environ");
}

static struct string *find(uint64_t address)
{
	for (uint32_t i = 0; i < STRINGS_MAX; i++)
		if (strings[i].address == address)
			return &strings[i];
	return NULL;
}

/* The bytes of its name; 0 where putenv takes the variable away. */
static size_t name_bytes(const char *string)
{
	const char *equals = strchr(string, '=');

	return equals ? (size_t)(equals - string) : 0;
}

static void remember(uint64_t address, const char *name, struct dlt_registered registered)
{
	struct string *string;

	if (!dlt_registrations_lock())
		return;
	string = find(address);
	if (!string)
		string = &strings[next_string++ % STRINGS_MAX];
	string->address = address;
	string->registered = registered;
	memcpy(string->name, name, strlen(name) + 1);
	dlt_registrations_unlock();
}

int putenv(char *string)
{
	struct dlt_wire_register record = {
		.type = DLT_WIRE_REF_ENVIRON,
		.address = (uint64_t)(uintptr_t)string,
	};
	char name[NAME_MAX_BYTES];
	size_t size;
	int result;

	dlt_hooks_resolve();
	result = dlt_real.putenv(string);
	if (result || !dlt_process.traced)
		return result;
	size = name_bytes(string);
	if (!size)
		return result;
	if (size >= sizeof(name))
		size = sizeof(name) - 1;
	memcpy(name, string, size);
	name[size] = 0;
	remember(record.address, name, dlt_register(record, name));
	return result;
}

/* MARK: what is left */

static void emit_left(uint64_t address, const struct dlt_gone *gone)
{
	struct dlt_registered registered = { 0 };
	char name[NAME_MAX_BYTES] = "";
	const struct string *known;

	if (dlt_registrations_lock()) {
		known = find(address);
		if (known) {
			registered = known->registered;
			memcpy(name, known->name, sizeof(name));
		}
		dlt_registrations_unlock();
	}
	if (dlt_registered_gone(address, registered) != gone)
		return;
	dlt_left_emit(
		dlt_registered_left(DLT_WIRE_REF_ENVIRON, gone->generation, address, registered),
		NULL, *name ? name : NULL);
}

/*
 * The array may be the program's own, and another thread's setenv(3) may free it meanwhile: a page
 * is looked at only if it is mapped. The one that the kernel made is always there.
 */
void dlt_environment_left(void)
{
	uint64_t page_mask = (uint64_t)dlt_process.page_bytes - 1;
	const struct dlt_gone *gone;
	char *_Atomic *array;
	uint64_t start;
	bool is_kernels;

	if (!environ_variable)
		return;
	array = *(char *_Atomic *volatile *)environ_variable;
	start = (uint64_t)(uintptr_t)array;
	is_kernels = start == dlt_process.stack_end;
	gone = dlt_left_gone(start);
	if (gone)
		emit_left(start, gone);
	if (!array || gone || start % sizeof(*array))
		return;
	for (uint32_t i = 0; i < ENTRIES_MAX; i++) {
		uint64_t at = (uint64_t)(uintptr_t)&array[i], entry;

		if ((!(at & page_mask) || !i) && !is_kernels && !dlt_is_readable(at))
			return;
		entry = (uint64_t)(uintptr_t)atomic_load_explicit(&array[i], memory_order_relaxed);
		if (!entry)
			return;
		gone = dlt_left_gone(entry);
		if (gone)
			emit_left(entry, gone);
	}
}
