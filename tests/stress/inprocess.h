/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The native heap on the real core, linked into the program beside libc's
 * malloc: for sanitizers, which need malloc for themselves, and for a fuzzer.
 */
#ifndef INPROCESS_H
#define INPROCESS_H

#include "tests/stress/model.h"

/* Makes a heap in a pool of size bytes, in a file in dir. Call it once. */
void inprocess_init(struct model_heap *heap, const char *dir, size_t size);

/* Fails unless the heap reports that no byte of it is in use. */
void inprocess_check_empty(void);

#endif /* INPROCESS_H */
