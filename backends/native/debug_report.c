/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages about misuse; see debug_report.h. */
#include "config.h"

#include "backends/native/debug_report.h"

#include "vmmalloc/backend.h"

/* A line that is assembled from parts; what does not fit is dropped. */
struct line {
	char text[200];
	size_t length;
};

static const struct vmmalloc_host *host;

void
nat_report_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

static void
add(struct line *line, const char *text)
{
	while (*text != '\0' && line->length < sizeof(line->text) - 1)
		line->text[line->length++] = *text++;
	line->text[line->length] = '\0';
}

static void
add_number(struct line *line, uint64_t n, unsigned int base)
{
	char digits[24];
	char *at = digits + sizeof(digits) - 1;

	*at = '\0';
	do
		*--at = "0123456789abcdef"[n % base];
	while ((n /= base) != 0);
	add(line, at);
}

static void
add_pointer(struct line *line, const void *ptr)
{
	add(line, "0x");
	add_number(line, (uintptr_t)ptr, 16);
}

static void
add_block(struct line *line, const void *ptr, size_t size)
{
	add_pointer(line, ptr);
	add(line, " (");
	add_number(line, size, 10);
	add(line, size == 1 ? " byte)" : " bytes)");
}

static void
add_offset(struct line *line, ptrdiff_t offset)
{
	if (offset < 0)
		add(line, "-");
	add_number(line, (uint64_t)(offset < 0 ? -offset : offset), 10);
}

_Noreturn static void
end(const struct line *line)
{
	host->fatal(line->text);
	__builtin_unreachable();
}

void
nat_report_pointer(
	const char *call, const void *ptr, const struct nat_record *record)
{
	struct nat_record around;
	struct line line = { .length = 0 };
	const void *block;

	if (record->state == NAT_FREED) {
		add(&line, call[0] == 'f' ? "double " : "");
		add(&line, call);
		add(&line, " of ");
		add_block(&line, ptr, record->size);
		add(&line, call[0] == 'f' ? "" : ", which is freed already");
		end(&line);
	}
	add(&line, "invalid ");
	add(&line, call);
	add(&line, " of ");
	add_pointer(&line, ptr);
	block = nat_record_around(ptr, &around);
	if (block != NULL) {
		add(&line, ": at offset ");
		add_offset(&line, (const char *)ptr - (const char *)block);
		add(&line, " of the block ");
		add_block(&line, block, around.size);
	} else {
		add(&line, ": no block of the heap starts there");
	}
	end(&line);
}

void
nat_report_write(
	const char *what, const void *ptr, size_t size, ptrdiff_t offset)
{
	struct line line = { .length = 0 };

	add(&line, what);
	add(&line, ": offset ");
	add_offset(&line, offset);
	add(&line, " of the block ");
	add_block(&line, ptr, size);
	add(&line, " was written");
	end(&line);
}
