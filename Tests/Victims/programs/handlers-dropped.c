/*
 * What a library registers with its own dso_handle is run or dropped when it is unloaded: atexit,
 * at_quick_exit, pthread_atfork. A fork and quick_exit afterwards call nothing of it.
 *
 * expect: {+registrar } {-registrar <registrar registrar.atexit } child:0 PASS main.quick
 * ends: exit 4
 * finds: none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

static void at_quick(void)
{
	say("main.quick");
}

int main(void)
{
	void *registrar = load("registrar");

	at_quick_exit(at_quick);
	call(registrar, "register_atexit");
	call(registrar, "register_quick");
	call(registrar, "register_atfork");
	unload("registrar", registrar);
	if (!fork())
		_exit(0);
	reap();
	pass();
	quick_exit(4);
}
