/*
 * A plugin that registers fork handlers, a quick_exit function and a key is loaded and unloaded
 * over and over: none of it may be used up.
 *
 * expect: 2000 rounds, child:0 PASS
 * ends: exit 0
 * finds: note load-churn
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

enum { ROUNDS = 2000 };

int main(void)
{
	for (int i = 1;; i++) {
		void *quiet = dlopen("libquiet.so", RTLD_NOW);

		if (!quiet)
			fail(dlerror());
		call(quiet, "make_key_well");
		call(quiet, "register_quick");
		call(quiet, "register_atfork");
		if (i == ROUNDS) {
			say("%d rounds,", i);
			if (!fork())
				_exit(0);
			reap();
		}
		dlclose(quiet);
		if (i == ROUNDS)
			return pass();
	}
}
