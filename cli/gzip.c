/* SPDX-License-Identifier: BSD-3-Clause */
/* A compressed file; see gzip.h. */
#include "config.h"

#include "cli/gzip.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the largest window, in the format of gzip */
#define MEMORY_LEVEL 8	      /* zlib's default */

/*
 * Deflates what the stream has as input; at the end, all of it, with the
 * trailer. Returns 0, or -1 with errno.
 */
static int
deflate_to(FILE *to, z_stream *stream, int flush)
{
	unsigned char out[1 << 14];

	do {
		size_t n;

		stream->next_out = out;
		stream->avail_out = sizeof(out);
		if (deflate(stream, flush) == Z_STREAM_ERROR) {
			errno = EINVAL;
			return -1;
		}
		n = sizeof(out) - stream->avail_out;
		if (fwrite(out, 1, n, to) != n)
			return -1;
	} while (stream->avail_out == 0);
	return 0;
}

int
vmm_gzip_write(FILE *to, const void *bytes, size_t n)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes };
	int err;

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
		    GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		errno = ENOMEM;
		return -1;
	}
	do { /* zlib counts input in an unsigned int */
		size_t step = n < INT_MAX ? n : INT_MAX;

		n -= step;
		stream.avail_in = (uInt)step;
		err = deflate_to(to, &stream, n > 0 ? Z_NO_FLUSH : Z_FINISH);
	} while (err == 0 && n > 0);
	deflateEnd(&stream);
	return err;
}
