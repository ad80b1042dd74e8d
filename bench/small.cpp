/*
 * A small C++ library: one static object with a destructor, one virtual function.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
namespace
{
struct Small {
	volatile int value = 1;

	virtual int work()
	{
		return value;
	}

	virtual ~Small()
	{
		value = 0;
	}
};

Small small;
} // namespace

extern "C" int small_work()
{
	return small.work();
}
