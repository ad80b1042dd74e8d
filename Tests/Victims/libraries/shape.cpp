/*
 * Makes an object of a class of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "victim.h"

#include "shape.h"

namespace
{
struct Circle final : Shape {
	void draw() override
	{
		say("circle");
	}
};
} // namespace

extern "C" Shape *make_shape()
{
	return new Circle;
}

__attribute__((destructor)) static void finish()
{
	say("<shape");
}
