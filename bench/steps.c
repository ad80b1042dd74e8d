/*
 * steps OUTPUT OBJECT PROGRAM [ARGUMENT ...]: counts the instructions that PROGRAM executes, in
 *user mode, between two SIGUSR1 that its first thread sends to itself, by single-stepping it.
 *Writes lines to OUTPUT:
 *
 *	object NAME COUNT	for each object that was there at the first signal, and "other"
 *	at OFFSET COUNT		for each address in the object whose name ends in OBJECT
 *
 * Slow (a microsecond an instruction), but exact and the same on a busy machine, needs no counters
 *of the processor, and changes nothing in the program: a debugger's breakpoint in ld.so would send
 * libdltrace.so another way, and valgrind's ld.so does. A repeated string instruction counts once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OBJECTS_MAX 4096

struct object {
	char name[PATH_MAX];
	uint64_t base, end;
	uint64_t count;
};

static struct object objects[OBJECTS_MAX]; /* the last one: other */
static size_t object_count;
static uint64_t *places; /* how often each byte of the object in question began an instruction */

static void fail(const char *what)
{
	perror(what);
	exit(71);
}

/* Mappings of one file follow one another. */
static void find_objects(pid_t pid)
{
	char path[64], line[PATH_MAX + 128];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (!maps)
		fail(path);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long long begin, end;
		int name = 0;
		struct object *last = object_count ? &objects[object_count - 1] : NULL;

		if (sscanf(line, "%llx-%llx %*s %*s %*s %*s %n", &begin, &end, &name) < 2 ||
		    !line[name])
			continue;
		line[strcspn(line, "\n")] = 0;
		if (last && !strcmp(last->name, line + name)) {
			last->end = end;
			continue;
		}
		if (object_count + 1 == OBJECTS_MAX)
			break;
		objects[object_count].base = begin;
		objects[object_count].end = end;
		snprintf(objects[object_count].name, PATH_MAX, "%.*s", PATH_MAX - 1, line + name);
		object_count++;
	}
	fclose(maps);
	strcpy(objects[object_count++].name, "other");
}

static struct object *object_at(uint64_t address)
{
	static struct object *recent;

	if (recent && address >= recent->base && address < recent->end)
		return recent;
	for (size_t i = 0; i + 1 < object_count; i++)
		if (address >= objects[i].base && address < objects[i].end)
			return recent = &objects[i];
	return &objects[object_count - 1];
}

static struct object *object_named(const char *end)
{
	for (size_t i = 0; i < object_count; i++) {
		size_t length = strlen(objects[i].name);

		if (length >= strlen(end) && !strcmp(objects[i].name + length - strlen(end), end))
			return &objects[i];
	}
	return NULL;
}

/* Continues until the program stops by itself; the signal, or exits with its status. */
static int next_stop(pid_t pid, enum __ptrace_request how)
{
	int status;

	if (ptrace(how, pid, NULL, NULL) || waitpid(pid, &status, 0) != pid)
		fail("steps: ptrace");
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "steps: the program ended before its second SIGUSR1\n");
		exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : 70);
	}
	return WSTOPSIG(status);
}

static void count(pid_t pid, const struct object *asked)
{
	uint64_t before = 0;
	int signal;

	while ((signal = next_stop(pid, PTRACE_SINGLESTEP)) != SIGUSR1) {
		uint64_t address =
			(uint64_t)ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), 0);
		struct object *object;

		if (signal != SIGTRAP) {
			fprintf(stderr, "steps: %s in the program\n", strsignal(signal));
			exit(70);
		}
		if (address == before)
			continue;
		before = address;
		object = object_at(address);
		object->count++;
		if (object == asked)
			places[address - object->base]++;
	}
}

static void print(const char *path, const struct object *asked)
{
	FILE *output = fopen(path, "we");

	if (!output)
		fail(path);
	for (size_t i = 0; i < object_count; i++)
		if (objects[i].count)
			fprintf(output, "object %s %llu\n", objects[i].name,
				(unsigned long long)objects[i].count);
	for (uint64_t i = 0; asked && i < asked->end - asked->base; i++)
		if (places[i])
			fprintf(output, "at %#llx %llu\n", (unsigned long long)i,
				(unsigned long long)places[i]);
	if (fclose(output))
		fail(path);
}

int main(int argument_count, char **arguments)
{
	struct object *asked;
	pid_t pid;

	if (argument_count < 4) {
		fprintf(stderr, "steps: OUTPUT OBJECT PROGRAM [ARGUMENT ...]\n");
		return 64;
	}
	pid = fork();
	if (pid < 0)
		fail("steps: fork");
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			execvp(arguments[3], arguments + 3);
		perror(arguments[3]);
		_exit(127);
	}
	if (waitpid(pid, NULL, 0) != pid)
		fail("steps: waitpid");
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
	while (next_stop(pid, PTRACE_CONT) != SIGUSR1)
		;
	find_objects(pid);
	asked = object_named(arguments[2]);
	places = asked ? calloc(asked->end - asked->base, sizeof(*places)) : NULL;
	if (asked && !places)
		fail("steps: calloc");
	count(pid, asked);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	print(arguments[1], asked);
	return 0;
}
