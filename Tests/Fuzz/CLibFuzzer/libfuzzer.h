/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libFuzzer offers to a custom mutator; the compiler's FuzzerInterface.h is for C++ as well.
 */
#ifndef DLTRACE_LIBFUZZER_H
#define DLTRACE_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

/* Mutates the bytes in place in one of libFuzzer's own ways; returns the new size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif
