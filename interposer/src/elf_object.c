/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a mapped ELF object's headers and dynamic section; see elf_object.h. */
#include "elf_object.h"

#include <dlfcn.h>
#include <elf.h>
#include <string.h>
#include <sys/auxv.h>

#include "process.h"
#include "system.h"
#include "unwind.h"

/*
 * glibc relocates most of the dynamic section's pointers in place (elf/get-dynamic-info.h); not the
 * vdso's. An object that lies below the address it was linked to has a negative base.
 */
static uint64_t relocated(uint64_t pointer, const struct link_map *map)
{
	return pointer < map->l_addr && (int64_t)map->l_addr > 0 ? pointer + map->l_addr : pointer;
}

static void read_build_id(const struct link_map *map, const ElfW(Phdr) * note, struct dlt_elf *elf)
{
	const char *at = (const char *)(map->l_addr + note->p_vaddr), *end = at + note->p_memsz;

	while ((size_t)(end - at) >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *header = (const ElfW(Nhdr) *)at;
		size_t name_bytes = (header->n_namesz + 3u) & ~3u;
		size_t desc_bytes = (header->n_descsz + 3u) & ~3u;

		at += sizeof(*header);
		if (name_bytes > (size_t)(end - at) || desc_bytes > (size_t)(end - at) - name_bytes)
			return;
		if (header->n_type == NT_GNU_BUILD_ID && header->n_namesz == 4 &&
		    !memcmp(at, "GNU", 4)) {
			elf->build_id = (const uint8_t *)at + name_bytes;
			elf->build_id_bytes = header->n_descsz;
			return;
		}
		at += name_bytes + desc_bytes;
	}
}

/* Whether any defined symbol in the GNU hash table (all exported ones are) is STB_GNU_UNIQUE. */
static bool any_unique(const uint32_t *hash, const ElfW(Sym) * symbols)
{
	uint32_t buckets = hash[0], first = hash[1], bloom_words = hash[2], last = 0;
	const uint32_t *bucket = hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / 4);
	const uint32_t *chain = bucket + buckets;

	for (uint32_t i = 0; i < buckets; i++)
		if (bucket[i] > last)
			last = bucket[i];
	if (last < first)
		return false;
	while (!(chain[last - first] & 1))
		last++;
	for (uint32_t i = first; i <= last; i++)
		if (ELF64_ST_BIND(symbols[i].st_info) == STB_GNU_UNIQUE)
			return true;
	return false;
}

/*
 * The loader adds the base itself when it calls (elf/dl-init.c), so the pointer is not relocated.
 */
static void read_array(const struct link_map *map, struct dlt_elf_array *array)
{
	if (!array->pointer || !array->bytes)
		return;
	array->entries = (const uint64_t *)(map->l_addr + *array->pointer);
	array->count = (uint32_t)(*array->bytes / sizeof(uint64_t));
}

static void read_dynamic(const struct link_map *map, struct dlt_elf *elf)
{
	uint64_t soname = 0;
	ElfW(Dyn) * d;

	for (d = map->l_ld; d->d_tag != DT_NULL; d++) {
		switch (d->d_tag) {
		case DT_STRTAB:
			elf->strings = (const char *)relocated(d->d_un.d_ptr, map);
			break;
		case DT_SYMTAB:
			elf->symbols = (const ElfW(Sym) *)relocated(d->d_un.d_ptr, map);
			break;
		case DT_RELA:
			elf->rela = (const ElfW(Rela) *)relocated(d->d_un.d_ptr, map);
			break;
		case DT_RELASZ:
			elf->rela_bytes = d->d_un.d_val;
			break;
		case DT_RELACOUNT:
			elf->rela_relative = d->d_un.d_val;
			break;
		case DT_JMPREL:
			elf->plt_rela = (const ElfW(Rela) *)relocated(d->d_un.d_ptr, map);
			break;
		case DT_PLTRELSZ:
			elf->plt_rela_bytes = d->d_un.d_val;
			break;
		case DT_GNU_HASH:
			elf->hash = (const uint32_t *)relocated(d->d_un.d_ptr, map);
			break;
		case DT_SONAME:
			soname = d->d_un.d_val;
			break;
		case DT_FLAGS_1:
			elf->flags_1 = (uint32_t)d->d_un.d_val;
			break;
		case DT_SYMBOLIC:
			elf->has_symbolic = true;
			break;
		case DT_FLAGS:
			elf->has_symbolic |= (d->d_un.d_val & DF_SYMBOLIC) != 0;
			break;
		case DT_INIT:
			elf->init = &d->d_un.d_ptr;
			break;
		case DT_FINI:
			elf->fini = &d->d_un.d_ptr;
			break;
		case DT_INIT_ARRAY:
			elf->init_array.pointer = &d->d_un.d_ptr;
			break;
		case DT_INIT_ARRAYSZ:
			elf->init_array.bytes = &d->d_un.d_val;
			break;
		case DT_FINI_ARRAY:
			elf->fini_array.pointer = &d->d_un.d_ptr;
			break;
		case DT_FINI_ARRAYSZ:
			elf->fini_array.bytes = &d->d_un.d_val;
			break;
		}
	}
	read_array(map, &elf->init_array);
	read_array(map, &elf->fini_array);
	elf->has_init = elf->init || elf->init_array.count;
	elf->has_fini = elf->fini || elf->fini_array.count;
	elf->soname = elf->strings && soname ? elf->strings + soname : "";
	elf->dynamic = map->l_ld;
	elf->dynamic_count = (size_t)(d - map->l_ld) + 1;
}

/*
 * Whether an ELF header lies there, whose dynamic section is this object's. `known`: it can be
 * read.
 */
static bool is_header_of(const struct link_map *map, uint64_t address, bool known)
{
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)(uintptr_t)address;
	const ElfW(Phdr) * headers;
	uint64_t end;

	if (!address || !(known || dlt_is_readable(address)) ||
	    memcmp(header->e_ident, ELFMAG, SELFMAG))
		return false;
	headers = (const ElfW(Phdr) *)(uintptr_t)(address + header->e_phoff);
	end = header->e_phoff + header->e_phnum * sizeof(*headers);
	if (end > dlt_process.page_bytes && !dlt_is_readable(address + end - 1))
		return false;
	for (unsigned i = 0; i < header->e_phnum; i++)
		if (headers[i].p_type == PT_DYNAMIC)
			return map->l_addr + headers[i].p_vaddr == (uint64_t)(uintptr_t)map->l_ld;
	return false;
}

/* Downwards from an address in the object's first segment. */
static uint64_t search_header(const struct link_map *map, uint64_t from)
{
	enum { PAGES = 256 };
	uint64_t page = dlt_page_of(from);

	for (int i = 0; i < PAGES && page && dlt_is_readable(page); i++) {
		if (is_header_of(map, page, true))
			return page;
		page -= dlt_process.page_bytes;
	}
	return 0;
}

/*
 * The ELF header: at the base, unless the file was linked to another address than zero. Then it
 * lies at the start that the loader knows, before the kernel's program headers, or, of an object
 * that is new to the loader, before the symbols. Linkers lay the hash table right behind the
 * headers: to ask for its page takes a system call less.
 */
static const ElfW(Ehdr) * find_header(const struct link_map *map, const struct dlt_elf *elf)
{
	uint64_t start = dlt_unwind_map_start((uint64_t)(uintptr_t)map->l_ld);
	uint64_t hash_page = dlt_page_of((uint64_t)(uintptr_t)elf->hash), found = 0;
	uint64_t kernel = map->l_addr ? 0 : getauxval(AT_PHDR);

	if (is_header_of(map, map->l_addr, map->l_addr == start || map->l_addr == hash_page))
		found = map->l_addr;
	else if (is_header_of(map, start, true))
		found = start;
	else if (is_header_of(map, dlt_page_of(kernel), false))
		found = dlt_page_of(kernel);
	else if (elf->symbols)
		found = search_header(map, (uint64_t)(uintptr_t)elf->symbols);
	return (const ElfW(Ehdr) *)(uintptr_t)found;
}

void dlt_elf_read_dynamic(const struct link_map *map, struct dlt_elf *elf)
{
	memset(elf, 0, sizeof(*elf));
	read_dynamic(map, elf);
}

static void read_headers(const struct link_map *map, const ElfW(Ehdr) * header, struct dlt_elf *elf)
{
	uint64_t low = ~(uint64_t)0, high = 0;

	elf->headers = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
	elf->header_count = header->e_phnum;
	for (unsigned i = 0; i < elf->header_count; i++) {
		const ElfW(Phdr) *h = &elf->headers[i];

		if (h->p_type == PT_LOAD) {
			uint64_t from = map->l_addr + h->p_vaddr, to = from + h->p_memsz;

			low = from < low ? from : low;
			high = to > high ? to : high;
		} else if (h->p_type == PT_TLS) {
			elf->has_tls = true;
		} else if (h->p_type == PT_NOTE && !elf->build_id) {
			read_build_id(map, h, elf);
		}
	}
	if (low >= high)
		return;
	elf->start = dlt_page_of(low);
	elf->end = dlt_page_of(high + dlt_process.page_bytes - 1);
	/*
	 * Linkers mark a file with unique symbols (or ifuncs) as ELFOSABI_GNU: the others need no
	 * search.
	 */
	if (header->e_ident[EI_OSABI] == ELFOSABI_GNU && elf->hash && elf->symbols)
		elf->has_unique = any_unique(elf->hash, elf->symbols);
}

bool dlt_elf_read(const struct link_map *map, struct dlt_elf *elf)
{
	const ElfW(Ehdr) * header;

	dlt_elf_read_dynamic(map, elf);
	header = find_header(map, elf);
	if (header)
		read_headers(map, header, elf);
	if (!elf->end)
		*elf = (struct dlt_elf){ .soname = "" };
	return elf->end != 0;
}

static const ElfW(Sym) * find_symbol(const struct link_map *map, const char *name, bool any_version)
{
	enum { VERSION_HIDDEN = 0x8000 };
	const ElfW(Sym) *symbols = NULL;
	const uint16_t *versions = NULL;
	const uint32_t *hash = NULL, *bucket, *chain;
	const char *strings = NULL;
	uint32_t value = 5381, i;

	for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
		const void *pointer = (const void *)(uintptr_t)relocated(d->d_un.d_ptr, map);

		if (d->d_tag == DT_STRTAB)
			strings = pointer;
		else if (d->d_tag == DT_SYMTAB)
			symbols = pointer;
		else if (d->d_tag == DT_GNU_HASH)
			hash = pointer;
		else if (d->d_tag == DT_VERSYM)
			versions = pointer;
	}
	if (!strings || !symbols || !hash)
		return NULL;
	for (const char *c = name; *c; c++)
		value = value * 33 + (unsigned char)*c;
	bucket = hash + 4 + hash[2] * (sizeof(ElfW(Addr)) / 4);
	chain = bucket + hash[0];
	i = bucket[value % hash[0]];
	if (i < hash[1])
		return NULL;
	for (;; i++) {
		uint32_t entry = chain[i - hash[1]];

		if ((entry | 1) == (value | 1) && !strcmp(strings + symbols[i].st_name, name) &&
		    symbols[i].st_shndx != SHN_UNDEF &&
		    (any_version || !(versions && (versions[i] & VERSION_HIDDEN))))
			return &symbols[i];
		if (entry & 1)
			return NULL;
	}
}

const ElfW(Sym) * dlt_elf_symbol(const struct link_map *map, const char *name)
{
	return find_symbol(map, name, true);
}

void *dlt_elf_function(const struct link_map *map, const char *name)
{
	const ElfW(Sym) *symbol = find_symbol(map, name, false);

	return symbol ? (void *)(uintptr_t)(map->l_addr + symbol->st_value) : NULL;
}
