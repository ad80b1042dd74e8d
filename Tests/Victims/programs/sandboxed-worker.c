/*
 * A worker in a sandbox: a seccomp filter kills it for all but the usual system calls.
 *
 * expect: {+a a> } {+top bottom> top> } {-top <top <bottom } {+absent failed } {-a <a }
 *	PASS
 * ends: exit 0
 * finds: note failed-dlopen
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
	SYS_read,	SYS_write,	    SYS_openat,	      SYS_close,	SYS_fstat,
	SYS_newfstatat, SYS_lseek,	    SYS_pread64,      SYS_mmap,		SYS_munmap,
	SYS_mprotect,	SYS_madvise,	    SYS_brk,	      SYS_futex,	SYS_getpid,
	SYS_gettid,	SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_clock_gettime,
	SYS_exit,	SYS_exit_group,
};

enum { COUNT = sizeof(allowed) / sizeof(*allowed) };

static void enter_sandbox(void)
{
	struct sock_filter filter[2 * COUNT + 6], *next = filter;
	struct sock_fprog program = { .len = 2 * COUNT + 6, .filter = filter };

	*next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       offsetof(struct seccomp_data, nr));
	for (int i = 0; i < COUNT; i++) {
		*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	/* LD_DEBUG's lines, which some tests read */
	*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_writev, 0, 3);
	*next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       offsetof(struct seccomp_data, args[0]));
	*next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, STDERR_FILENO, 0, 1);
	*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*next = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		fail("seccomp");
}

int main(void)
{
	void *a = load("a"), *top;

	enter_sandbox();
	top = load("top");
	unload("top", top);
	load_as("absent", RTLD_NOW);
	unload("a", a);
	return pass();
}
