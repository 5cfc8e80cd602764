/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System calls, and the errors that each may return. Calls that are not in the
 * table have a number for a name, and the errors of a sandbox.
 */
#ifndef FAULTS_CALLS_H
#define FAULTS_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Calls of one number that differ in one argument, such as the advice of
 * madvise, are of different kinds.
 */
struct call_kind {
	int nr;
	uint64_t detail; /* 0 if the number says all */
};

struct call_kind call_kind_of(int nr, const uint64_t *args);

/* The name of the kind, such as "madvise.17". */
void call_kind_name(struct call_kind kind, char *name, size_t size);

/*
 * The errors to try, ending with 0. Empty if the call cannot fail in a way that
 * a program can survive, or is the C library's alone.
 */
const int *call_errors(struct call_kind kind);

/* Whether the call changes the file behind its first argument. */
bool call_writes(int nr);

#endif /* FAULTS_CALLS_H */
