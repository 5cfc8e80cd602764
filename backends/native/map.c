/* SPDX-License-Identifier: BSD-3-Clause */
/* The page map; see map.h. */
#include "config.h"

#include "backends/native/map.h"

#include "backends/native/meta.h"
#include "base/hot.h"

#define KEPT_SHIFT 5
#define KEPT_MIN ((size_t)1 << 20)
#define KEPT_MAX ((size_t)16 << 20)

size_t nat_kept_max VMM_HOT_DATA;
uint16_t *nat_map_tags VMM_HOT_DATA_ALONE;
uint32_t *nat_map_words VMM_HOT_DATA;

static size_t
tags_bytes(const struct vmmalloc_host *host)
{
	return (host->pool_size >> NAT_PAGE_SHIFT) * sizeof(uint16_t);
}

static size_t
words_bytes(const struct vmmalloc_host *host)
{
	return ((host->pool_size >> NAT_UNIT_SHIFT) + 2) * sizeof(uint32_t);
}

size_t
nat_map_memory(const struct vmmalloc_host *host)
{
	return nat_meta_map_size(tags_bytes(host)) +
		nat_meta_map_size(words_bytes(host));
}

int
nat_map_init(const struct vmmalloc_host *host)
{
	uintptr_t page = nat_map_page(host->pool_base);
	uintptr_t unit = (uintptr_t)host->pool_base >> NAT_UNIT_SHIFT;
	uint16_t *tags = nat_meta_map(tags_bytes(host));
	uint32_t *words = nat_meta_map(words_bytes(host));

	nat_kept_max = host->pool_size >> KEPT_SHIFT;
	if (nat_kept_max < KEPT_MIN)
		nat_kept_max = KEPT_MIN;
	if (nat_kept_max > KEPT_MAX)
		nat_kept_max = KEPT_MAX;
	if (tags == NULL || words == NULL)
		return -1;
	/* computed as integers: a pointer before its array is undefined */
	nat_map_tags = (uint16_t *)((uintptr_t)tags - page * sizeof(*tags));
	nat_map_words = (uint32_t *)((uintptr_t)words - unit * sizeof(*words));
	return 0;
}
