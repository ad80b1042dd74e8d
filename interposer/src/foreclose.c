/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks of the calls after which the pipe or the spill file may be out of reach for good: another
 * user, another root folder, a lower limit of descriptors, a sandbox. Where no descriptor can be
 * hidden from the program, one is opened before them all the same (descriptor.h).
 */
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "hooks.h"
#include "process.h"

static void keep(void)
{
	dlt_hooks_resolve();
	/* A vfork child, which prepares an exec, has descriptors of its own. */
	if (dlt_process.traced && dlt_process_is_self())
		dlt_channel_keep();
}

static void seal(void)
{
	keep();
	if (dlt_process.traced && dlt_process_is_self())
		dlt_channel_seal();
}

#define KEEP_HOOK(name, parameters, arguments)  \
	int name parameters                     \
	{                                       \
		keep();                         \
		return dlt_real.name arguments; \
	}

KEEP_HOOK(chroot, (const char *path), (path))
KEEP_HOOK(setuid, (uid_t uid), (uid))
KEEP_HOOK(seteuid, (uid_t uid), (uid))
KEEP_HOOK(setreuid, (uid_t real, uid_t effective), (real, effective))
KEEP_HOOK(setresuid, (uid_t real, uid_t effective, uid_t saved), (real, effective, saved))

#define LIMIT_HOOK(name, parameters, arguments) \
	int name parameters                     \
	{                                       \
		if (resource == RLIMIT_NOFILE)  \
			keep();                 \
		dlt_hooks_resolve();            \
		return dlt_real.name arguments; \
	}

LIMIT_HOOK(setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit))
LIMIT_HOOK(setrlimit64, (__rlimit_resource_t resource, const struct rlimit64 *limit),
	   (resource, limit))
LIMIT_HOOK(prlimit,
	   (pid_t pid, enum __rlimit_resource resource, const struct rlimit *limit,
	    struct rlimit *before),
	   (pid, resource, limit, before))
LIMIT_HOOK(prlimit64,
	   (pid_t pid, enum __rlimit_resource resource, const struct rlimit64 *limit,
	    struct rlimit64 *before),
	   (pid, resource, limit, before))

/* As in the C library, which hands all five on, whatever the option takes. */
int prctl(int option, ...)
{
	unsigned long argument[4];
	va_list arguments;

	va_start(arguments, option);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(arguments, unsigned long);
	va_end(arguments);
	if (option == PR_SET_SECCOMP)
		seal();
	dlt_hooks_resolve();
	return dlt_real.prctl(option, argument[0], argument[1], argument[2], argument[3]);
}

void *dlt_enter_syscall(long number);

/* arch/ jumps to what this returns: clone and vfork are called in this way too. */
void *dlt_enter_syscall(long number)
{
	if (number == SYS_seccomp)
		seal();
	dlt_hooks_resolve();
	return (void *)dlt_real.syscall;
}
