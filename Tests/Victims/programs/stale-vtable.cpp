/*
 * Calls a virtual function of an object whose class lies in a library that was closed: the
 * program reads the virtual table that is gone.
 *
 * expect: {+shape } circle {-shape <shape }
 * ends: signal SEGV
 * finds: error use-after-unload
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include "shape.h"

int main()
{
	void *library = load("shape");
	Shape *(*make_shape)();
	Shape *shape;

	*reinterpret_cast<void **>(&make_shape) = dlsym(library, "make_shape");
	shape = make_shape();
	shape->draw();
	unload("shape", library);
	shape->draw();
	return pass();
}
