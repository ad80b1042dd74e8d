/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What DLTraceSymbols needs from elfutils (libelf, libdw, libdwfl), libiberty's demanglers and the
 * two that no installed header declares for C, and what Swift's view of glibc leaves out.
 */
#ifndef CELFUTILS_SHIM_H
#define CELFUTILS_SHIM_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <libelf.h>
#include <libiberty/demangle.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>

/*
 * The C++ ABI's demangler, of libstdc++ or libc++abi. With a null buffer the result is
 * allocated: free() it. Null on failure; *status is then negative.
 */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

/*
 * The Swift runtime's demangler. With a null buffer the result is allocated: free() it.
 * Null where the name is not a Swift one.
 */
char *swift_demangle(const char *mangled, size_t mangled_length, char *buffer,
		     size_t *buffer_length, uint32_t flags);

/* sys/mman.h declares it for GNU sources only, which Swift's importer does not ask for. */
int memfd_create(const char *name, unsigned int flags);
enum { CELFUTILS_MFD_CLOEXEC = 1U };

/* spawn.h, likewise; glibc 2.34 and later. */
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

#endif /* CELFUTILS_SHIM_H */
