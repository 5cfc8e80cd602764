/* SPDX-License-Identifier: BSD-3-Clause */
/* Sampled blocks and their stacks; see samples.h. */
#include "config.h"

#include "core/samples.h"

#include "base/hot.h"
#include "os/futex.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>

/* First sizes of the tables, which grow to twice that; powers of two. */
#define BLOCKS_FIRST 4096
#define SITES_FIRST 1024
#define CHUNK ((size_t)1 << 20) /* of memory for sites */

size_t vmm_samples_zeroes;
uint32_t vmm_samples_filter[(1 << VMM_FILTER_SHIFT) / 32];

/* Has the rest of this file, but not what was copied from it, consistent. */
static struct vmm_os_mutex lock;
static _Thread_local bool is_mine __attribute__((tls_model("initial-exec")));

/* Blocks by address: open addressing, at most half full. */
static struct vmm_sample *blocks VMM_HOT_DATA;
static size_t n_blocks, max_blocks;

/* Blocks per bit of the filter. */
static uint32_t *counts;

/* Sites by their stacks: lists. */
static struct vmm_site **sites;
static size_t n_sites, max_sites;
static struct vmm_site *newest VMM_HOT_DATA;
static char *room, *room_end; /* for sites */
static uint64_t lost;
static uint64_t forked_ns; /* blocks from before are the parent's */

int
vmm_samples_init(size_t alignment)
{
	vmm_samples_zeroes = alignment - 1;
	blocks = vmm_os_map_anon(BLOCKS_FIRST * sizeof(*blocks));
	sites = vmm_os_map_anon(SITES_FIRST * sizeof(struct vmm_site *));
	counts = vmm_os_map_anon(sizeof(*counts) << VMM_FILTER_SHIFT);
	max_blocks = BLOCKS_FIRST;
	max_sites = SITES_FIRST;
	return blocks != NULL && sites != NULL && counts != NULL ? 0 : -1;
}

VMM_HOT_CODE void
vmm_samples_lock(void)
{
	if (blocks == NULL)
		return;
	vmm_os_mutex_lock(&lock);
	is_mine = true;
}

VMM_HOT_CODE void
vmm_samples_unlock(void)
{
	if (blocks == NULL)
		return;
	is_mine = false;
	vmm_os_mutex_unlock(&lock);
}

bool
vmm_samples_is_locked_by_me(void)
{
	return is_mine;
}

/* The slot of a block, which is empty if it is not in the table. */
static size_t
find_block(uintptr_t ptr)
{
	uint64_t hash = (uint64_t)ptr * 0x9e3779b97f4a7c15;
	size_t i = (size_t)(hash >> 32) & (max_blocks - 1);

	while (blocks[i].ptr != 0 && blocks[i].ptr != ptr)
		i = (i + 1) & (max_blocks - 1);
	return i;
}

static bool
grow_blocks(void)
{
	struct vmm_sample *old = blocks;
	size_t n = max_blocks;
	struct vmm_sample *map = vmm_os_map_anon(2 * n * sizeof(*map));

	if (map == NULL)
		return false;
	blocks = map;
	max_blocks = 2 * n;
	for (size_t i = 0; i < n; i++) {
		if (old[i].ptr != 0)
			blocks[find_block(old[i].ptr)] = old[i];
	}
	vmm_os_unmap(old, n * sizeof(*old));
	return true;
}

static void
count_bit(uintptr_t ptr, bool is_added)
{
	uint32_t bit = vmm_samples_bit((const void *)ptr);
	uint32_t *word = &vmm_samples_filter[bit / 32];
	uint32_t mask = UINT32_C(1) << (bit % 32);

	if (is_added && !vmm_samples_may_be_at((const void *)ptr))
		__atomic_fetch_and(&vmm_samples_zeroes, (ptr & -ptr) - 1,
			__ATOMIC_RELAXED);
	if (is_added && counts[bit]++ == 0)
		__atomic_store_n(word, *word | mask, __ATOMIC_RELAXED);
	if (!is_added && --counts[bit] == 0)
		__atomic_store_n(word, *word & ~mask, __ATOMIC_RELAXED);
}

/*
 * Adds the block. A block with its address that is still there was freed by a
 * signal handler, in the middle of a call of this file: it is replaced.
 */
static void
insert(const struct vmm_sample *sample)
{
	size_t i;

	if (n_blocks == max_blocks / 2 && !grow_blocks()) {
		lost++;
		return;
	}
	i = find_block(sample->ptr);
	if (blocks[i].ptr == 0) {
		n_blocks++;
		count_bit(sample->ptr, true);
	}
	blocks[i] = *sample;
}

/* Inserts the rest of the run again, so that no search ends too early. */
static void
remove_block(size_t i)
{
	size_t mask = max_blocks - 1;

	count_bit(blocks[i].ptr, false);
	n_blocks--;
	blocks[i].ptr = 0;
	for (i = (i + 1) & mask; blocks[i].ptr != 0; i = (i + 1) & mask) {
		struct vmm_sample moved = blocks[i];

		blocks[i].ptr = 0;
		blocks[find_block(moved.ptr)] = moved;
	}
}

static uint64_t
hash_of(const uintptr_t *stack, size_t depth)
{
	uint64_t hash = depth;

	for (size_t i = 0; i < depth; i++)
		hash = (hash ^ stack[i]) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static void
grow_sites(void)
{
	size_t n = 2 * max_sites;
	struct vmm_site **map = vmm_os_map_anon(n * sizeof(struct vmm_site *));

	if (map == NULL)
		return; /* longer lists */
	for (struct vmm_site *site = newest; site != NULL; site = site->older) {
		site->next = map[site->hash & (n - 1)];
		map[site->hash & (n - 1)] = site;
	}
	vmm_os_unmap(sites, max_sites * sizeof(struct vmm_site *));
	sites = map;
	max_sites = n;
}

/* Memory for a site, with zeroes; or NULL. */
static struct vmm_site *
get_room(size_t size)
{
	char *start = room;

	if (size > (size_t)(room_end - room)) {
		start = vmm_os_map_anon(CHUNK);
		if (start == NULL)
			return NULL;
		room_end = start + CHUNK;
	}
	room = start + size;
	return (struct vmm_site *)(void *)start;
}

static struct vmm_site *
add_site(const uintptr_t *stack, size_t depth, uint64_t hash)
{
	struct vmm_site *site =
		get_room(sizeof(*site) + depth * sizeof(*stack));

	if (site == NULL)
		return NULL;
	if (n_sites++ == max_sites)
		grow_sites();
	site->hash = hash;
	site->depth = depth;
	memcpy(site->stack, stack, depth * sizeof(*stack));
	site->next = sites[hash & (max_sites - 1)];
	sites[hash & (max_sites - 1)] = site;
	site->older = newest;
	newest = site;
	return site;
}

static struct vmm_site *
find_site(const uintptr_t *stack, size_t depth, uint64_t hash)
{
	struct vmm_site *site = sites[hash & (max_sites - 1)];

	while (site != NULL &&
		(site->hash != hash || site->depth != depth ||
			memcmp(site->stack, stack, depth * sizeof(*stack)) !=
				0))
		site = site->next;
	return site != NULL ? site : add_site(stack, depth, hash);
}

struct vmm_site *
vmm_samples_find_site(const uintptr_t *stack, size_t depth)
{
	uint64_t hash = hash_of(stack, depth);
	struct vmm_site *site;
	int err = errno;

	vmm_samples_lock();
	site = find_site(stack, depth, hash);
	vmm_samples_unlock();
	errno = err;
	return site;
}

static void
add(struct vmm_amount *to, struct vmm_amount amount)
{
	to->blocks += amount.blocks;
	to->bytes += amount.bytes;
}

static void
subtract(struct vmm_amount *from, struct vmm_amount amount)
{
	from->blocks -= amount.blocks;
	from->bytes -= amount.bytes;
}

void
vmm_samples_add(void *ptr, struct vmm_amount amount, struct vmm_site *site)
{
	struct vmm_sample sample = {
		.ptr = (uintptr_t)ptr,
		.site = site,
		.amount = amount,
		.born_ns = vmm_os_clock_ns(),
	};
	int err = errno;

	vmm_samples_lock();
	if (site != NULL) {
		add(&site->live, amount);
		add(&site->allocated, amount);
		insert(&sample);
	} else {
		lost++;
	}
	vmm_samples_unlock();
	errno = err;
}

bool
vmm_samples_take(const void *ptr, struct vmm_sample *sample)
{
	bool is_there;
	size_t i;

	vmm_samples_lock();
	i = find_block((uintptr_t)ptr);
	is_there = blocks[i].ptr != 0;
	if (is_there) {
		*sample = blocks[i];
		remove_block(i);
	}
	vmm_samples_unlock();
	return is_there;
}

static size_t
lifetime_of(uint64_t ns)
{
	uint64_t limit = 1000000;
	size_t i = 0;

	for (; ns >= limit && i < VMM_LIFETIMES - 1; i++)
		limit *= 10;
	return i;
}

void
vmm_samples_end(const struct vmm_sample *sample)
{
	uint64_t ns = vmm_os_clock_ns() - sample->born_ns;
	bool is_ours = sample->born_ns >= forked_ns;

	vmm_samples_lock();
	subtract(&sample->site->live, sample->amount);
	if (is_ours)
		add(&sample->site->freed[lifetime_of(ns)], sample->amount);
	vmm_samples_unlock();
}

void
vmm_samples_put_back(const struct vmm_sample *sample)
{
	int err = errno;

	vmm_samples_lock();
	insert(sample);
	vmm_samples_unlock();
	errno = err;
}

uint64_t
vmm_samples_lost(void)
{
	return lost;
}

const struct vmm_site *
vmm_samples_newest(void)
{
	struct vmm_site *site;

	vmm_samples_lock();
	site = newest;
	vmm_samples_unlock();
	return site;
}

void
vmm_samples_copy(struct vmm_site *to, const struct vmm_site *site)
{
	vmm_samples_lock();
	*to = *site;
	vmm_samples_unlock();
}

VMM_HOT_CODE void
vmm_samples_forked(void)
{
	for (struct vmm_site *site = newest; site != NULL; site = site->older) {
		site->allocated = (struct vmm_amount){ 0, 0 };
		memset(site->freed, 0, sizeof(site->freed));
	}
	if (blocks != NULL) {
		forked_ns = vmm_os_clock_ns();
		lost = 0;
	}
}
