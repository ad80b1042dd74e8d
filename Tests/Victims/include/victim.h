/*
 * What every victim shares: the notation in which it tells its own truth, unbuffered, on stdout.
 *
 *	a>	constructor of library a	{+a ... }	dlopen of a
 *	<a	its destructor			{-a ... }	dlclose of a
 *	a.work	a function of a was called	PASS		main is through
 *
 * Each program's first comment holds the scenario and what the tests read from it:
 *
 *	expect:	its output, with any white space for one blank
 *	ends:	exit N, or signal NAME
 *	finds:	the findings of dltrace report, each "severity rule", or none
 *	order:	any, where its threads may load and unload in any order
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VICTIM_H
#define VICTIM_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define VICTIM_STATIC static __attribute__((unused, noinline))

/* One write, so that a crash loses nothing and threads do not mix. */
VICTIM_STATIC void say(const char *format, ...)
{
	char text[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text) - 1, format, arguments);
	va_end(arguments);
	text[length++] = ' ';
	if (write(STDOUT_FILENO, text, (size_t)length) != length)
		_exit(125);
}

VICTIM_STATIC int fail(const char *what)
{
	say("FAIL %s\n", what);
	_exit(99);
}

VICTIM_STATIC int pass(void)
{
	say("PASS\n");
	return 0;
}

VICTIM_STATIC void *load_as(const char *name, int flags)
{
	char file[64];
	void *handle;

	snprintf(file, sizeof(file), "lib%s.so", name);
	say("{+%s", name);
	handle = dlopen(file, flags);
	say(handle ? "}" : "failed }");
	return handle;
}

VICTIM_STATIC void *load(const char *name)
{
	void *handle = load_as(name, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		fail(dlerror());
	return handle;
}

VICTIM_STATIC void unload(const char *name, void *handle)
{
	say("{-%s", name);
	if (dlclose(handle))
		fail(dlerror());
	say("}");
}

typedef void (*victim_function)(void);

VICTIM_STATIC victim_function find(void *handle, const char *symbol)
{
	victim_function function;

	*(void **)&function = dlsym(handle, symbol);
	if (!function)
		fail(dlerror());
	return function;
}

VICTIM_STATIC void call(void *handle, const char *symbol)
{
	victim_function function = find(handle, symbol);

	function();
	__asm__ volatile(""); /* no tail call: this frame belongs in the stacks */
}

/* Until every other thread sleeps in the kernel, however busy the machine is. */
VICTIM_STATIC void until_others_block(void)
{
	for (int calm = 0; calm < 3; calm++) {
		DIR *tasks = opendir("/proc/self/task");
		const struct dirent *task;

		if (!tasks)
			fail("/proc");
		while ((task = readdir(tasks))) {
			char path[300], line[128] = "";
			const char *state;
			FILE *file;

			snprintf(path, sizeof(path), "/proc/self/task/%s/stat", task->d_name);
			if (*task->d_name == '.' || atoi(task->d_name) == gettid())
				continue;
			file = fopen(path, "r");
			if (!file)
				continue; /* it has ended */
			state = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
			fclose(file);
			if (state && strncmp(state, ") S", 3) != 0)
				calm = -1;
		}
		closedir(tasks);
		usleep(1000);
	}
}

VICTIM_STATIC void reap(void)
{
	int status;

	if (wait(&status) < 0)
		fail("wait");
	if (WIFSIGNALED(status))
		say("child:signal%d", WTERMSIG(status));
	else
		say("child:%d", WEXITSTATUS(status));
}

#endif
