/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parsers of values that users give, in the environment of the library and as
 * options of the command. No allocation here.
 */
#ifndef VMM_PARSE_H
#define VMM_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#define VMM_BACKEND_NAME_MAX 64

/* The complaint about a text that vmm_parse_size refuses with EINVAL. */
#define VMM_NOT_A_SIZE "not a number of bytes, or a number with K, M, G or T"

/*
 * Parses a number of bytes: digits, then nothing or one of K M G T (either
 * case, powers of 1024). 0, or -1 with EINVAL (not a number of this form) or
 * ERANGE (too large).
 */
int vmm_parse_size(const char *text, size_t *bytes);

/* Parses a whole number from min to max; 0, or -1 with EINVAL or ERANGE. */
int vmm_parse_int(const char *text, int min, int max, int *value);

/*
 * Whether the name has only letters, digits and dashes, so that it cannot be
 * part of a path, is not too long, and is not libvmmalloc, which is no backend.
 */
bool vmm_is_backend_name(const char *name);

#endif /* VMM_PARSE_H */
