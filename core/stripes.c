/* SPDX-License-Identifier: BSD-3-Clause */
/* A pool in several files; see stripes.h. */
#include "config.h"

#include "core/stripes.h"

#include "base/checked.h"
#include "core/pool.h"
#include "os/process.h"

#include <errno.h>
#include <limits.h>

/*
 * The kernel allows 65530 mappings by default, and each stripe is one or two:
 * the program needs some, too.
 */
#define STRIPES_MAX 20000

int
vmm_stripes_open(struct vmm_stripes *stripes, const struct vmm_places *places,
	size_t stripe, struct vmm_os_backing *all, size_t *size,
	const char **why)
{
	size_t bytes = vmm_align_down(places->place[0].size, stripe);

	*why = NULL;
	errno = EINVAL;
	if (bytes / stripe * places->n > STRIPES_MAX)
		*why = "too many stripes: choose larger ones";
	if (bytes == 0)
		*why = "a place is smaller than a stripe";
	if (*why != NULL)
		return -1;
	*stripes = (struct vmm_stripes){ .pages = stripe / vmm_os_page_size() };
	*size = bytes * places->n;
	for (; stripes->n < places->n; stripes->n++) {
		struct vmm_os_backing backing;
		char tmp_name[PATH_MAX];

		if (vmm_os_backing_open(&backing, NULL,
			    places->place[stripes->n].text, tmp_name,
			    sizeof(tmp_name), why) != 0)
			return -1;
		if (backing.is_device ||
			backing.granule != vmm_os_page_size()) {
			*why = "only directories with pages of the usual size "
			       "can have stripes";
			errno = EINVAL;
			return -1;
		}
		if (stripes->n == 0)
			*all = backing;
		all->makes_huge_pages &= backing.makes_huge_pages;
		all->punches_quickly &= backing.punches_quickly;
		if (all->unit < backing.unit)
			all->unit = backing.unit;
		stripes->file[stripes->n] = backing.file;
	}
	return 0;
}

struct vmm_piece
vmm_stripes_find(const struct vmm_pool *pool, size_t first, size_t last)
{
	size_t number, row;

	if (pool->stripes.n == 0)
		return (struct vmm_piece){
			.file = &pool->file,
			.offset = first * pool->page_size,
			.first = first,
			.last = last,
		};
	number = first / pool->stripes.pages;
	row = number / pool->stripes.n;
	if (last > (number + 1) * pool->stripes.pages)
		last = (number + 1) * pool->stripes.pages;
	return (struct vmm_piece){
		.file = &pool->stripes.file[number % pool->stripes.n],
		.offset = (row * pool->stripes.pages +
				  first % pool->stripes.pages) *
			pool->page_size,
		.first = first,
		.last = last,
	};
}

int
vmm_stripes_space(
	const struct vmm_pool *pool, uint64_t *total, uint64_t *available)
{
	uint64_t n = pool->stripes.n;

	if (n == 0)
		return vmm_os_file_space(&pool->file, total, available);
	*total = *available = UINT64_MAX;
	for (unsigned int i = 0; i < n; i++) {
		uint64_t all, left;

		if (vmm_os_file_space(&pool->stripes.file[i], &all, &left) != 0)
			return -1;
		if (all < *total / n)
			*total = all * n;
		if (left < *available / n)
			*available = left * n;
	}
	return 0;
}
