/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The native heap on the real core, linked into the program beside the libc's
 * malloc: for sanitizers, which want that to themselves, and for a fuzzer.
 */
#ifndef INPROCESS_H
#define INPROCESS_H

#include "tests/stress/model.h"

/* A heap in a pool of size bytes, in a file in dir. Once. */
void inprocess_init(struct model_heap *heap, const char *dir, size_t size);

/* Fails unless the heap says that no byte of it is in use. */
void inprocess_check_empty(void);

#endif /* INPROCESS_H */
