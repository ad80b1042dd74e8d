/*
 * The class that a plugin derives from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SHAPE_H
#define SHAPE_H

struct Shape {
	virtual void draw() = 0;
};

#endif
