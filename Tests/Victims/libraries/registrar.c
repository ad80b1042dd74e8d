/*
 * Registers its own functions and strings with the C library, and takes some of them back when it
 * is unloaded: a program calls those it wants. -DQUIET: says nothing of forks and its end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <pthread.h>
#include <signal.h>
#include <threads.h>

#ifdef QUIET
#define TELL(...) ((void)0)
#else
#define TELL(...) say(__VA_ARGS__)
#endif

int __cxa_atexit(void (*function)(void *), void *argument, void *dso_handle);

static pthread_key_t key;
static tss_t c11_key;
static int has_key, has_c11_key, has_string;
static struct sigaction before;
static int changed_signal;

static void destroy(void *value)
{
	say("destroy:%s", (char *)value);
}

static void on_signal(int number)
{
	(void)number;
	say("registrar.signal");
}

static void at_exit(void)
{
	say("registrar.atexit");
}

static void when_exiting(int status, void *argument)
{
	say("registrar.on_exit:%d%s", status, (char *)argument);
}

static void prepare(void)
{
	TELL("registrar.prepare");
}

static void in_parent(void)
{
	TELL("registrar.parent");
}

static void in_child(void)
{
	TELL("registrar.child");
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations" /* sigset, sigignore */

/* MARK: keys */

void make_key(void);
void make_key(void)
{
	pthread_key_create(&key, destroy);
}

void use_key(void);
void use_key(void)
{
	pthread_setspecific(key, "value");
}

void make_key_well(void);
void make_key_well(void)
{
	make_key();
	has_key = 1;
}

void make_c11_key_well(void);
void make_c11_key_well(void)
{
	tss_create(&c11_key, destroy);
	has_c11_key = 1;
}

/* MARK: signals */

void install_by_signal(void);
void install_by_signal(void)
{
	signal(SIGUSR1, on_signal);
}

void install_by_sigaction(void);
void install_by_sigaction(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR2, &action, &before);
}

void install_well(void);
void install_well(void)
{
	install_by_sigaction();
	install_by_signal();
	sigset(SIGHUP, on_signal);
	changed_signal = 1;
}

void install_once(void);
void install_once(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGURG, &action, NULL);
}

/* MARK: at the end */

void register_atexit(void);
void register_atexit(void)
{
	atexit(at_exit);
}

void register_quick(void);
void register_quick(void)
{
	at_quick_exit(at_exit);
}

void register_on_exit(void);
void register_on_exit(void)
{
	on_exit(when_exiting, "x");
}

void register_without_handle(void);
void register_without_handle(void)
{
	__cxa_atexit((void (*)(void *))(void (*)(void))at_exit, NULL, NULL);
}

void register_atfork(void);
void register_atfork(void)
{
	pthread_atfork(prepare, in_parent, in_child);
}

/* For somebody else to register. */
void run_for_others(void *argument);
void run_for_others(void *argument)
{
	say("registrar.run:%s", (char *)argument);
}

/* MARK: the environment */

static char variable[] = "REGISTRAR=static";

void put_static_string(void);
void put_static_string(void)
{
	putenv(variable);
}

void put_static_string_well(void);
void put_static_string_well(void)
{
	put_static_string();
	has_string = 1;
}

void set_copy(void);
void set_copy(void)
{
	setenv("REGISTRAR_COPY", variable, 1);
}

__attribute__((destructor)) static void finish(void)
{
	if (has_key)
		pthread_key_delete(key);
	if (has_c11_key)
		tss_delete(c11_key);
	if (changed_signal) {
		sigaction(SIGUSR2, &before, NULL);
		signal(SIGUSR1, SIG_DFL);
		sigignore(SIGHUP);
	}
	if (has_string)
		unsetenv("REGISTRAR");
	TELL("<registrar");
}
