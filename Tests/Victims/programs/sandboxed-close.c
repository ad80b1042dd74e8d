/*
 * A plugin is closed in a sandbox that kills for opening a file, while a thread works in it.
 *
 * expect: {+worker } {-worker <worker } PASS
 * ends: exit 0
 * finds: error thread-in-unloaded-library
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static const unsigned allowed[] = {
	SYS_write,  SYS_munmap, SYS_mprotect,	    SYS_madvise,      SYS_brk,
	SYS_futex,  SYS_getpid, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_clock_gettime,
	SYS_writev, SYS_exit,	SYS_exit_group, /* writev: LD_DEBUG's lines, which some tests read
						 */
};

enum { COUNT = sizeof(allowed) / sizeof(*allowed) };

static void enter_sandbox(void)
{
	struct sock_filter filter[2 * COUNT + 2], *next = filter;
	struct sock_fprog program = { .len = 2 * COUNT + 2, .filter = filter };

	*next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       offsetof(struct seccomp_data, nr));
	for (int i = 0; i < COUNT; i++) {
		*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	*next = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		fail("seccomp");
}

int main(void)
{
	void *worker = load("worker");

	call(worker, "start");
	enter_sandbox();
	unload("worker", worker);
	_exit(pass());
}
