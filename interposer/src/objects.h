/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects in the process: a table of our own, with a generation for each load. changes.c keeps
 * it up to date.
 */
#ifndef DLT_OBJECTS_H
#define DLT_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "elf_object.h"

/*
 * An object's own init and fini functions, which our thunks stand for. Addresses; 0 or no entries:
 * none.
 */
struct dlt_functions {
	uint64_t init, fini;
	const uint64_t *init_array, *fini_array;
	uint32_t init_count, fini_count;
	uint64_t init_cell, fini_cell; /* the arrays of one that the loader reads instead */
};

struct dlt_object {
	const struct link_map *map; /* NULL: the entry is free */
	const char *name;	    /* map->l_name */
	uint64_t base, start, end;
	uint64_t needed_as; /* dlt_order_name: what another object's DT_NEEDED finds it by */
	uint64_t load_call; /* seq of the call that loaded it, 0 for none that was seen */
	uint64_t init_seq;  /* of its INIT event, once that began */
	uint64_t fini_seq;  /* of its FINI event, once that began */
	uint64_t gadget;    /* a borrowed return address in it; 0: not looked for; 1: has none */
	uint32_t generation;
	uint32_t fini_place; /* in the order of finis: silent.c */
	uint32_t next_free;  /* of a free entry: 1 + the number of another one; 0: the last */
	uint32_t lmid;	     /* namespace, 0 is LM_ID_BASE */
	uint16_t origin;     /* enum dlt_wire_origin */
	uint16_t fini_phase; /* enum dlt_wire_phase its fini runs in */
	bool hooked;	     /* its init and fini functions are ours */
	bool wants_first;    /* DF_1_INITFIRST: the last one that does is initialized first */
	bool binds_past;     /* its calls do not reach a preloaded library by themselves */
	bool at_start;	     /* was there before the program's own code ran */
	bool to_pin;	     /* DLTRACE_PIN names it, and it is not pinned yet */
	bool is_nodelete;    /* DF_1_NODELETE, or opened with RTLD_NODELETE */
	uint8_t stay_looks;  /* for what keeps it: stayed.c */
	_Atomic uint32_t opens, closes; /* successful ones that were seen */
	struct dlt_functions functions;
};

enum { DLT_OBJECTS_MAX = 8192 };

/* An object in the loader's order, with what tells it from another one. */
struct dlt_place {
	const struct link_map *map;
	const char *name; /* map->l_name, map->l_addr when it was found */
	uint64_t base;
	uint32_t number; /* of the entry */
};

/* Changed by one thread at a time (watch.c), read by all. */
extern struct dlt_objects {
	struct dlt_object
		*entries;	 /* DLT_OBJECTS_MAX of them; a page takes memory once it is used */
	struct dlt_place *order; /* the loader's */
	uint32_t count, used;	 /* of the order; of the entries, free ones among them */
	uint32_t elsewhere;	 /* objects of other namespaces than the first, ever */
	uint32_t changes;	 /* another number once anything came or went (dlt_watch_poll) */
	bool at_start;		 /* the program's own code has not run yet */
} dlt_objects;

/* Once, at start. False without memory. */
bool dlt_objects_start(void);

/* The object at a place of the loader's order. */
struct dlt_object *dlt_objects_at(uint32_t place);

/* An entry for what the loader has under this link map; NULL when all are taken. */
struct dlt_object *dlt_objects_take(const struct link_map *map);

/* Makes the entry of one that is gone free. */
void dlt_objects_give_back(struct dlt_object *object);

/* The object whose link map (which is its dlopen handle) this is; NULL if there is none. */
struct dlt_object *dlt_objects_by_handle(const void *handle);

/* The object that covers an address; NULL if there is none. */
struct dlt_object *dlt_objects_by_address(uint64_t address);

/* The object at a place of the table, which is its thunks' number. */
struct dlt_object *dlt_objects_by_number(uint32_t number);

/* ld.so, and the main program; NULL before the first comparison. */
struct dlt_object *dlt_objects_loader(void);
struct dlt_object *dlt_objects_program(void);

/*
 * The object's readable and executable segment; false if it has none. It must stay loaded
 * meanwhile.
 */
bool dlt_objects_text(const struct dlt_object *object, uint64_t *start, uint64_t *end);

#endif
