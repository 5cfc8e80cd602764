/* SPDX-License-Identifier: BSD-3-Clause */
/* Ends a process whose heap is corrupted; see fatal.h. */
#include "config.h"

#include "backends/native/fatal.h"
#include "base/hot.h"

#include "vmmalloc/backend.h"

#include <stdint.h>
#include <string.h>

static const struct vmmalloc_host *host VMM_HOT_DATA;

void
nat_fatal_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

void
nat_fatal(const char *what, const void *ptr)
{
	static const char hex[] = "0123456789abcdef";
	char text[96];
	char *end = text;
	uintptr_t n = (uintptr_t)ptr;

	while (*what != '\0' && end < text + 64)
		*end++ = *what++;
	memcpy(end, " 0x", 3);
	end += 3;
	for (int shift = (int)sizeof(n) * 8 - 4; shift >= 0; shift -= 4)
		*end++ = hex[n >> shift & 15];
	*end = '\0';
	host->fatal(text);
	__builtin_unreachable();
}
