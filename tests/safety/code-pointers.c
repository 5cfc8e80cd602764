/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints the address of each pointer to code in writable memory of libvmmalloc,
 * one per line: an attacker could redirect calls through it. Addresses are
 * hexadecimal offsets from the start of the library, as in its symbol table.
 * For tests/safety/safety.sh.
 */
#include "tests/preload/test.h"

#include <inttypes.h>
#include <link.h>

#define RANGES_MAX 1024

struct range {
	uintptr_t start;
	uintptr_t end;
	bool is_writable;
	bool is_code;
};

static struct range ranges[RANGES_MAX];
static size_t n_ranges;

static void
read_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	static char line[8192];
	char rights[5];

	CHECK(maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		struct range *r = &ranges[n_ranges++];

		CHECK(n_ranges < RANGES_MAX);
		CHECK(sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &r->start,
			      &r->end, rights) == 3);
		r->is_writable = rights[1] == 'w';
		r->is_code = rights[2] == 'x';
	}
	fclose(maps);
}

static const struct range *
range_of(uintptr_t addr)
{
	for (size_t i = 0; i < n_ranges; i++)
		if (addr >= ranges[i].start && addr < ranges[i].end)
			return &ranges[i];
	return NULL;
}

static int
look_at(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	if (strstr(info->dlpi_name, "libvmmalloc.so") == NULL)
		return 0;
	*(bool *)arg = true;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_W))
			continue;
		for (uintptr_t at = start;
			at + sizeof(at) <= start + segment->p_memsz;
			at += sizeof(at)) {
			const struct range *here = range_of(at);
			const struct range *there = range_of(*(uintptr_t *)at);

			if (here != NULL && here->is_writable &&
				there != NULL && there->is_code)
				printf("%" PRIxPTR "\n",
					at - (uintptr_t)info->dlpi_addr);
		}
	}
	return 1;
}

int
main(void)
{
	bool is_there = false;

	read_maps();
	dl_iterate_phdr(look_at, &is_there);
	CHECK(is_there);
	return 0;
}
