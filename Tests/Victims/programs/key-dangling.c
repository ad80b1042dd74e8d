/*
 * A library is unloaded and leaves a pthread key whose destructor lies in it. No thread that has a
 * value ends: nothing happens this time.
 *
 * expect: {+registrar } {-registrar <registrar } PASS
 * ends: exit 0
 * finds: error dangling-tls-key
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

int main(void)
{
	void *registrar = load("registrar");

	call(registrar, "make_key");
	call(registrar, "use_key");
	unload("registrar", registrar);
	return pass();
}
