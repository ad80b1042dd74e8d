/*
 * Opens namespaces until glibc has no more room for them; all can be closed again.
 *
 * expect: count:11 text:[cannot allocate memory in static TLS block] PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

enum { MANY = 32 };

int main(void)
{
	void *handles[MANY];
	const char *text;
	int count = 0;

	while (count < MANY &&
	       (handles[count] = dlmopen(LM_ID_NEWLM, "libq0.so", RTLD_NOW)) != NULL)
		count++;
	text = count < MANY ? dlerror() : "none";
	say("count:%d text:[%s]", count, strrchr(text, ':') ? strrchr(text, ':') + 2 : text);
	while (count > 0)
		dlclose(handles[--count]);
	return pass();
}
