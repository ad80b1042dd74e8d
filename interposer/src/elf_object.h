/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a mapped ELF object says of itself. Reads the object's memory only: no file, no lock, no
 * allocation.
 */
#ifndef DLT_ELF_OBJECT_H
#define DLT_ELF_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DT_INIT_ARRAY or DT_FINI_ARRAY. */
struct dlt_elf_array {
	uint64_t *pointer, *bytes; /* the entries' d_ptr, relative to the base, and d_val; NULL if
				      it has none */
	const uint64_t *entries;   /* as mapped, relocated only when the object is */
	uint32_t count;
};

/* Views into the object's own memory: valid while it is mapped. */
struct dlt_elf {
	uint64_t start, end; /* of its mapping */
	const ElfW(Phdr) * headers;
	unsigned header_count;
	const ElfW(Dyn) * dynamic;
	size_t dynamic_count; /* with the terminating DT_NULL */
	const char *strings;  /* DT_STRTAB */
	const ElfW(Sym) * symbols;
	const uint32_t *hash;		    /* DT_GNU_HASH */
	const ElfW(Rela) * rela, *plt_rela; /* DT_RELA, DT_JMPREL */
	size_t rela_bytes, plt_rela_bytes;
	size_t rela_relative; /* so many of DT_RELA's first entries have no symbol */
	const char *soname;   /* "" if it has none */
	const uint8_t *build_id;
	size_t build_id_bytes;
	uint32_t flags_1;
	bool has_unique, has_tls, has_init, has_fini, has_symbolic;
	uint64_t *init,
		*fini; /* d_ptr of DT_INIT and DT_FINI, relative to the base; NULL if it has none */
	struct dlt_elf_array init_array, fini_array;
};

/* False where no ELF header is found at the object's start; then start and end are 0. */
bool dlt_elf_read(const struct link_map *map, struct dlt_elf *elf);

/*
 * The same of the dynamic section alone: no addresses, no build id, no search for unique symbols.
 * Needs no system call, as dlt_elf_read does.
 */
void dlt_elf_read_dynamic(const struct link_map *map, struct dlt_elf *elf);

/* The symbol `name` that an object defines, in any version; NULL if it has none. */
const ElfW(Sym) * dlt_elf_symbol(const struct link_map *map, const char *name);

/* The exported function `name` of an object, in its default version; NULL if it has none. */
void *dlt_elf_function(const struct link_map *map, const char *name);

#endif
