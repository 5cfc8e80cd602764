/* SPDX-License-Identifier: BSD-3-Clause */
/* The page map; see map.h. */
#include "config.h"

#include "backends/native/map.h"

#include "backends/native/meta.h"

struct nat_map nat_map;

int
nat_map_init(const struct vmmalloc_host *host)
{
	size_t pages = host->pool_size >> NAT_PAGE_SHIFT;
	uintptr_t first = nat_map_page(host->pool_base);
	uint8_t *classes = nat_meta_map(pages);
	uint32_t *words = nat_meta_map(pages * sizeof(*words));

	if (classes == NULL || words == NULL)
		return -1;
	/* as integers: a pointer before its array is undefined */
	nat_map.class_of = (uint8_t *)((uintptr_t)classes - first);
	nat_map.word_of =
		(uint32_t *)((uintptr_t)words - first * sizeof(*words));
	nat_map.host = host;
	return 0;
}
