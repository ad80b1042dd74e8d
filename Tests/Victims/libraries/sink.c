/*
 * Needs libsource and gives it a callback, which uses what this library's destructor takes away;
 * the destructor runs before that of libsource.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void set_callback(void (*function)(void));
void sink_stop(void);

static const char *text = "sink";
static const char **state = &text;

static void report(void)
{
	say("report:%s", *state);
}

void sink_stop(void)
{
	set_callback(NULL);
}

__attribute__((constructor)) static void begin(void)
{
	set_callback(report);
}

__attribute__((destructor)) static void finish(void)
{
	state = NULL;
	say("<sink");
}
