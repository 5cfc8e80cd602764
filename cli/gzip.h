/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file of gzip(1) (RFC 1952): with zlib it is compressed (gzip.c), without it
 * holds the bytes as they are (gzip_stored.c). Readers tell no difference.
 */
#ifndef VMM_GZIP_H
#define VMM_GZIP_H

#include <stddef.h>
#include <stdio.h>

/* Writes n bytes. Returns 0, or -1 with errno. */
int vmm_gzip_write(FILE *to, const void *bytes, size_t n);

#endif /* VMM_GZIP_H */
