/*
 * The numbers of its files are the lowest free ones; then RLIMIT_NOFILE is 8, and all are taken.
 *
 * expect: {+a a> } file:3 {+b b> } {-b <b } file:4 file:5 file:6 file:7 full:1 {+b failed }
 *	libb.so: cannot open shared object file: Too many open files {-a <a } {+b b> } {-b <b }
 *	child:3 PASS
 * ends: exit 0
 * finds: note failed-dlopen
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include <fcntl.h>
#include <sys/resource.h>

int main(void)
{
	struct rlimit limit = { 8, 8 };
	void *a = load("a"), *b;
	int file = open("/dev/null", O_RDONLY);

	say("file:%d", file);
	setrlimit(RLIMIT_NOFILE, &limit);
	b = load("b");
	unload("b", b);
	while ((file = open("/dev/null", O_RDONLY)) >= 0)
		say("file:%d", file);
	say("full:%d", errno == EMFILE);
	b = load_as("b", RTLD_NOW);
	say("%s", b ? "?" : dlerror());
	unload("a", a);
	if (fork() == 0) {
		close(5);
		b = load("b");
		unload("b", b);
		return 3;
	}
	reap();
	return pass();
}
