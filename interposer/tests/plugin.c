/* SPDX-License-Identifier: Apache-2.0 */
/* A library of objects.c, without the C library. SILENT: no init and no fini function. */
int value;

#ifndef SILENT
static __attribute__((constructor)) void begin(void)
{
	value++;
}

static __attribute__((destructor)) void end(void)
{
	value--;
}
#endif
