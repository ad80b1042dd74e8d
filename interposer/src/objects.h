/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects in the process: a table of our own, with a generation for each load, brought up to
 * date by comparing it to the loader's lists. Writes LOAD and UNLOAD, and attributes them to calls.
 */
#ifndef DLT_OBJECTS_H
#define DLT_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "elf_object.h"

struct dlt_object {
	const struct link_map *map; /* NULL: the entry is free */
	const char *name;	    /* map->l_name when it was found */
	uint64_t base, start, end;
	uint64_t load_call;	   /* seq of the call that loaded it, 0 for none that was seen */
	uint64_t finalized_by;	   /* seq of the dlclose in which its fini began, 0 */
	uint64_t fini_seq;	   /* of its FINI event, once that began */
	uint64_t gadget;	   /* a borrowed return address in it; 0: not looked for; 1: has none */
	uint32_t generation;
	uint32_t lmid;		   /* namespace, 0 is LM_ID_BASE */
	uint32_t functions_left;   /* hooked fini functions that have not returned */
	uint32_t first_slot;	   /* of its hooked fini functions (fini.c), 0 for none */
	uint16_t origin;	   /* enum dlt_wire_origin */
	uint16_t fini_phase;	   /* enum dlt_wire_phase its fini runs in */
	bool at_start;		   /* was there before the program's own code ran */
	bool unhooked;		   /* its fini functions wait to be hooked */
	bool seen;		   /* in the current scan */
};

/* Once, at start. */
void dlt_objects_start(void);

/*
 * Compares the table to the loader's lists if those changed, writes what it finds, hooks new objects'
 * fini functions. Cheap when nothing changed. Takes no lock that a caller could hold.
 */
void dlt_objects_scan(void);

/* The object whose link map (which is its dlopen handle) this is; NULL if there is none. */
struct dlt_object *dlt_objects_by_handle(const void *handle);

/* The object that covers an address; NULL if there is none. */
struct dlt_object *dlt_objects_by_address(uint64_t address);

/* ld.so, and the main program; NULL before the first scan. */
struct dlt_object *dlt_objects_loader(void);
struct dlt_object *dlt_objects_program(void);

/* The object's readable and executable segment; false if it has none. It must stay loaded meanwhile. */
bool dlt_objects_text(const struct dlt_object *object, uint64_t *start, uint64_t *end);

/* For each object in the loader's order. */
void dlt_objects_each(void (*visit)(struct dlt_object *object));

/* Around fork: no scan is under way while the child's copy of the table is made. */
void dlt_objects_before_fork(void);
void dlt_objects_after_fork(void);

#endif
