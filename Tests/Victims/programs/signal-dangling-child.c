/*
 * A PAM module's way: a server calls a module, which installs a signal handler; the server forks,
 * and the child ends its session there and unloads the module. The parent keeps it, so only the
 * child's handler leads nowhere.
 *
 * expect: {+registrar } {-registrar <registrar } child:0 PASS <registrar
 * ends: exit 0
 * finds: error dangling-signal-handler, note leaked-open
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "install_by_sigaction");
	if (!fork()) {
		unload("registrar", registrar);
		_exit(0);
	}
	reap();
	return pass();
}
