/*
 * Needs liba, which is there, and libgone, which was taken away after the link.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

void gone_work(void);
void work(void);

void needy_work(void);
void needy_work(void)
{
	work();
	gone_work();
}
