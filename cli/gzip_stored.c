/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file of gzip without zlib: stored blocks (RFC 1951, 3.2.4), which are as
 * long as what is in them. See gzip.h.
 */
#include "config.h"

#include "cli/gzip.h"

#include <stdint.h>

#define BLOCK_MAX 0xffff /* bytes of a stored block */

/* CRC-32 of RFC 1952, section 8, bit by bit. */
static uint32_t
crc_of(const unsigned char *bytes, size_t n)
{
	uint32_t crc = ~(uint32_t)0;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* Writes a number of n bytes, the lowest first. */
static void
write_number(FILE *to, uint32_t number, int n)
{
	for (int i = 0; i < n; i++)
		fputc((int)(number >> 8 * i & 0xff), to);
}

int
vmm_gzip_write(FILE *to, const void *bytes, size_t n)
{
	/* magic, deflate, no flags, no time, no hint, unknown system */
	static const unsigned char header[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0,
		0xff };
	const unsigned char *start = bytes;
	size_t done = 0;

	fwrite(header, 1, sizeof(header), to);
	do {
		size_t step = n - done < BLOCK_MAX ? n - done : BLOCK_MAX;

		fputc(done + step == n ? 1 : 0, to); /* the last one; kind 0 */
		write_number(to, (uint32_t)step, 2);
		write_number(to, ~(uint32_t)step, 2);
		fwrite(start + done, 1, step, to);
		done += step;
	} while (done < n);
	write_number(to, crc_of(start, n), 4);
	write_number(to, (uint32_t)n, 4);
	return ferror(to) ? -1 : 0;
}
