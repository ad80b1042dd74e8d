/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interposed functions, in one table: the real ones' pointers, their resolution, libdltrace.map
 * and the test of what the library exports are made from it.
 */
#ifndef DLT_HOOKS_H
#define DLT_HOOKS_H

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <threads.h>
#include <time.h>

#define DLT_HOOKS(X)                                                                             \
	X(void *, dlopen, (const char *, int))                                                   \
	X(void *, dlmopen, (Lmid_t, const char *, int))                                          \
	X(int, dlclose, (void *))                                                                \
	X(char *, dlerror, (void))                                                               \
	X(void *, dlsym, (void *, const char *))                                                 \
	X(void *, dlvsym, (void *, const char *, const char *))                                  \
	X(int, dlinfo, (void *, int, void *))                                                    \
	X(int, __cxa_atexit, (void (*)(void *), void *, void *))                                 \
	X(int, __cxa_at_quick_exit, (void (*)(void *), void *))                                  \
	X(int, on_exit, (void (*)(int, void *), void *))                                         \
	X(int, __cxa_thread_atexit_impl, (void (*)(void *), void *, void *))                     \
	X(void, exit, (int))                                                                     \
	X(void, quick_exit, (int))                                                               \
	X(void, _exit, (int))                                                                    \
	X(void, _Exit, (int))                                                                    \
	X(int, sigaction, (int, const struct sigaction *, struct sigaction *))                   \
	X(int, __sigaction, (int, const struct sigaction *, struct sigaction *))                 \
	X(sighandler_t, signal, (int, sighandler_t))                                             \
	X(sighandler_t, bsd_signal, (int, sighandler_t))                                         \
	X(sighandler_t, ssignal, (int, sighandler_t))                                            \
	X(sighandler_t, sysv_signal, (int, sighandler_t))                                        \
	X(sighandler_t, __sysv_signal, (int, sighandler_t))                                      \
	X(sighandler_t, sigset, (int, sighandler_t))                                             \
	X(int, sigignore, (int))                                                                 \
	X(int, siginterrupt, (int, int))                                                         \
	X(int, pthread_key_create, (pthread_key_t *, void (*)(void *)))                          \
	X(int, __pthread_key_create, (pthread_key_t *, void (*)(void *)))                        \
	X(int, tss_create, (tss_t *, tss_dtor_t))                                                \
	X(int, pthread_key_delete, (pthread_key_t))                                              \
	X(void, tss_delete, (tss_t))                                                             \
	X(int, putenv, (char *))                                                                 \
	X(int, __register_atfork, (void (*)(void), void (*)(void), void (*)(void), void *))      \
	X(int, chroot, (const char *))                                                           \
	X(int, setuid, (uid_t))                                                                  \
	X(int, seteuid, (uid_t))                                                                 \
	X(int, setreuid, (uid_t, uid_t))                                                         \
	X(int, setresuid, (uid_t, uid_t, uid_t))                                                 \
	X(int, setrlimit, (__rlimit_resource_t, const struct rlimit *))                          \
	X(int, setrlimit64, (__rlimit_resource_t, const struct rlimit64 *))                      \
	X(int, prlimit, (pid_t, enum __rlimit_resource, const struct rlimit *, struct rlimit *)) \
	X(int, prlimit64,                                                                        \
	  (pid_t, enum __rlimit_resource, const struct rlimit64 *, struct rlimit64 *))           \
	X(int, prctl, (int, ...))                                                                \
	X(long, syscall, (long, ...))                                                            \
	X(int, pthread_create, (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)) \
	X(int, thrd_create, (thrd_t *, thrd_start_t, void *))

#pragma GCC visibility push(default)
#define X(result, name, parameters) result name parameters;
DLT_HOOKS(X)
#undef X
#pragma GCC visibility pop

/* The functions that the program would have got without us. */
struct dlt_real {
#define X(result, name, parameters) result(*name) parameters;
	DLT_HOOKS(X)
#undef X
};

extern struct dlt_real dlt_real;

/* What is needed of the C library itself, past whatever stands before it. */
extern struct dlt_libc {
	int (*clock_gettime)(clockid_t, struct timespec *);
	int (*dl_iterate_phdr)(int (*)(struct dl_phdr_info *, size_t, void *), void *);
	int (*pthread_key_create)(pthread_key_t *, void (*)(void *));
	int (*pthread_key_delete)(pthread_key_t);
	int (*pthread_setspecific)(pthread_key_t, const void *);
	const struct r_debug_extended *debug; /* the loader's lists */
} dlt_libc;

/* Fills dlt_real and dlt_libc if that was not done yet. Not async-signal-safe the first time. */
void dlt_hooks_resolve(void);

/* Whether a function of this name is hooked. */
bool dlt_hooks_has(const char *name);

/* The hook of this name; NULL if there is none. */
void *dlt_hooks_named(const char *name);

/* The hook of a real function; any other address as it is. */
void *dlt_hooks_in_place_of(void *function);

/* What the program's global scope has under a name; NULL if nothing. Not async-signal-safe. */
void *dlt_hooks_symbol(const char *name);

#endif
