/*
 * throw COUNT: throws and catches so many exceptions, five frames deep. Calls nothing of the loader
 * itself; the unwinder asks it for the tables of each frame.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <cstdlib>

namespace
{
[[gnu::noinline]] void descend(int depth)
{
	if (depth == 0)
		throw depth;
	descend(depth - 1);
	__asm__ volatile(""); // keeps the frame: no tail call
}
} // namespace

int main(int, char **arguments)
{
	long caught = 0;

	for (long i = std::atol(arguments[1]); i > 0; i--)
		try {
			descend(4);
		} catch (int) {
			caught++;
		}
	return caught == std::atol(arguments[1]) ? 0 : 1;
}
