/*
 * Forks where no process may be added: errno tells why, and no child is missing in the report.
 * With errno set before, a fork that works leaves it.
 *
 * expect: {+a a> } failed:11 child:7 parent:7 {-a <a } PASS
 * ends: exit 0
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <sys/resource.h>

int main(void)
{
	/* Nobody's process number: the limit does not hold for root. */
	struct rlimit none = { 0, 0 };
	void *a = load("a");
	pid_t child = fork();
	int error;

	if (child == 0) {
		if (setrlimit(RLIMIT_NPROC, &none) ||
		    (!geteuid() && setresuid(65534, 65534, 65534)))
			fail("limit");
		if (fork() != -1)
			fail("fork");
		say("failed:%d", errno);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	errno = 7;
	child = fork();
	if (child == 0) {
		say("child:%d", errno);
		_exit(0);
	}
	error = errno;
	waitpid(child, NULL, 0);
	say("parent:%d", error);
	unload("a", a);
	return pass();
}
