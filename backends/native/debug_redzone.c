/* SPDX-License-Identifier: BSD-3-Clause */
/* Redzones; see debug_redzone.h. */
#include "config.h"

#include "backends/native/debug_redzone.h"

#include "backends/native/check.h"
#include "backends/native/debug_memcheck.h"
#include "backends/native/debug_record.h"
#include "backends/native/debug_report.h"
#include "vmmalloc/backend.h"

#include <stdint.h>
#include <string.h>

/*
 * The heap rounds sizes up; at most this much of the rest behind a block is
 * checked.
 */
#define BEHIND_MAX ((size_t)256)

#define REDZONE_BYTE 0xfb

static size_t page_size;

void
nat_redzone_init(const struct vmmalloc_host *host)
{
	page_size = host->page_size;
}

size_t
nat_redzone_before(const void *block, const struct nat_record *record)
{
	size_t slack;

	if (!nat_record_is_guarded(record))
		return record->gap_shift != 0 ? NAT_REDZONE : 0;
	slack = (uintptr_t)block & (page_size - 1);
	return slack < NAT_REDZONE ? slack : NAT_REDZONE;
}

/* Bytes of redzone behind a block: up to the end of a guarded one's page. */
static size_t
redzone_behind(const void *block, const struct nat_record *record)
{
	char *start = (char *)block - nat_record_gap(block, record);
	const char *end = (const char *)block + record->size;
	size_t n;

	if (nat_record_is_guarded(record))
		n = -(uintptr_t)end & (page_size - 1);
	else
		n = (size_t)(start + nat_check_usable(start) - end);
	return n < BEHIND_MAX ? n : BEHIND_MAX;
}

void
nat_redzone_fill(char *block, const struct nat_record *record)
{
	size_t before = nat_redzone_before(block, record);

	memset(block - before, REDZONE_BYTE, before);
	memset(block + record->size, REDZONE_BYTE,
		redzone_behind(block, record));
}

void
nat_redzone_check(const char *block, const struct nat_record *record)
{
	size_t before = nat_redzone_before(block, record);
	size_t behind;

	if (nat_memcheck_is_on())
		return;
	behind = redzone_behind(block, record);
	for (size_t i = 1; i <= before; i++)
		if ((unsigned char)block[-(ptrdiff_t)i] != REDZONE_BYTE)
			nat_report_write("heap underflow", block, record->size,
				-(ptrdiff_t)i);
	for (size_t i = 0; i < behind; i++)
		if ((unsigned char)block[record->size + i] != REDZONE_BYTE)
			nat_report_write("heap overflow", block, record->size,
				(ptrdiff_t)(record->size + i));
}
