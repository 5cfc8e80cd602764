/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A preload that only takes time, for bench/planted: BURN rounds of arithmetic
 * before main. It allocates nothing and has no malloc.
 */
#include <stdlib.h>

__attribute__((constructor)) static void
burn(void)
{
	const char *text = getenv("BURN");
	unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 0;
	volatile unsigned long x = 1;

	for (unsigned long i = 0; i < n; i++)
		x = x * 3 + 1;
}
