/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callers that bind past a preloaded library: objects loaded with RTLD_DEEPBIND, and those of other
 * namespaces (dlmopen(3)), which have a C library of their own. Their slots for the hooked
 * functions are rewritten.
 */
#ifndef DLT_NAMESPACES_H
#define DLT_NAMESPACES_H

#include <dlfcn.h>

struct dlt_object;

enum { DLT_NAMESPACES_MAX = 16 }; /* DL_NNS, sysdeps/generic/ldsodefs.h */

/* The loader's interface as one namespace's C library has it. */
struct dlt_loader_calls {
	void *(*dlopen)(const char *, int);
	void *(*dlmopen)(Lmid_t, const char *, int);
	int (*dlclose)(void *);
};

/* What a caller's own call would have reached; the first namespace's for NULL. */
const struct dlt_loader_calls *dlt_namespace_calls(const struct dlt_object *caller);

/*
 * Rewrites the slots of an object that binds past us. After its relocation and before its
 * constructors, in the thread that loads it.
 */
void dlt_namespace_rebind(const struct dlt_object *object);

#endif
