/* SPDX-License-Identifier: BSD-3-Clause */
/* The quarantine: a ring of block numbers; see debug_quarantine.h. */
#include "config.h"

#include "backends/native/debug_quarantine.h"

#include "backends/native/debug_guard.h"
#include "backends/native/debug_memcheck.h"
#include "backends/native/debug_record.h"
#include "backends/native/debug_report.h"
#include "backends/native/heap.h"
#include "backends/native/meta.h"
#include "vmmalloc/backend.h"

#include <pthread.h>
#include <string.h>

/*
 * The quarantine has at most BLOCKS_MAX blocks, and their bytes are at most
 * this part of the pool and BYTES_MAX.
 */
#define BLOCKS_MAX 8192u
#define POOL_SHIFT 5
#define BYTES_MAX ((size_t)64 << 20)

/*
 * A block larger than this part of the limit does not stay, because it would
 * drive out most others.
 */
#define LARGEST_SHIFT 2

/*
 * How many blocks leave at a time: the lock is held only while they are taken
 * out, not while they are checked and freed.
 */
#define BATCH 32u

#define POISON 0xdb

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t *ring; /* numbers of blocks, no pointers: see debug_record.h */
static size_t first, count;
static size_t bytes, bytes_max;

int
nat_quarantine_init(const struct vmmalloc_host *host)
{
	bytes_max = host->pool_size >> POOL_SHIFT;
	if (bytes_max > BYTES_MAX)
		bytes_max = BYTES_MAX;
	ring = nat_meta_map(BLOCKS_MAX * sizeof(*ring));
	return ring != NULL ? 0 : -1;
}

void
nat_quarantine_lock(void)
{
	pthread_mutex_lock(&lock);
}

void
nat_quarantine_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

static void
check(const void *block)
{
	struct nat_record record = nat_record_get(block);
	const unsigned char *body = block;
	size_t i = 0;

	if (nat_memcheck_is_on() || record.size == 0 ||
		(body[0] == POISON &&
			memcmp(body, body + 1, record.size - 1) == 0))
		return;
	while (body[i] == POISON)
		i++;
	nat_report_write("write after free", block, record.size, (ptrdiff_t)i);
}

/* Returns a block to the heap. */
static void
leave(void *block)
{
	struct nat_record record = nat_record_get(block);
	char *start = (char *)block - nat_record_gap(block, &record);

	if (nat_record_is_guarded(&record) && !nat_guard_remove(start))
		return;
	check(block);
	nat_free(start);
}

/*
 * Takes out up to BATCH of the oldest blocks, until at most `most` blocks, of
 * at most most_bytes in all, are left. With the lock held.
 */
static size_t
pop_oldest(void **blocks, size_t most, size_t most_bytes)
{
	size_t n = 0;

	while (n < BATCH && (count > most || bytes > most_bytes)) {
		void *block = nat_record_block(ring[first]);

		first = (first + 1) % BLOCKS_MAX;
		count--;
		bytes -= nat_record_get(block).size;
		blocks[n++] = block;
	}
	return n;
}

/* Lets the oldest blocks leave until the limits are met; true if any did. */
static bool
shrink(size_t most, size_t most_bytes)
{
	void *blocks[BATCH];
	bool was_any = false;
	size_t n;

	do {
		nat_quarantine_lock();
		n = pop_oldest(blocks, most, most_bytes);
		nat_quarantine_unlock();
		for (size_t i = 0; i < n; i++)
			leave(blocks[i]);
		was_any |= n > 0;
	} while (n == BATCH);
	return was_any;
}

bool
nat_quarantine_flush(void)
{
	return shrink(0, 0);
}

void
nat_quarantine_add(void *block, const struct nat_record *record)
{
	size_t size = record->size;
	bool is_full;

	if (!nat_memcheck_is_on())
		memset(block, POISON, size);
	if (nat_record_is_guarded(record))
		nat_guard_close((char *)block - nat_record_gap(block, record));
	if (size > bytes_max >> LARGEST_SHIFT) {
		leave(block);
		return;
	}
	nat_quarantine_lock();
	while (count == BLOCKS_MAX) { /* others have yet to shrink it */
		nat_quarantine_unlock();
		shrink(BLOCKS_MAX - BATCH, bytes_max);
		nat_quarantine_lock();
	}
	ring[(first + count) % BLOCKS_MAX] = nat_record_number(block);
	count++;
	bytes += size;
	is_full = count > BLOCKS_MAX - BATCH || bytes > bytes_max;
	nat_quarantine_unlock();
	if (is_full)
		shrink(BLOCKS_MAX - 2 * BATCH, bytes_max);
}

/* Blocks that are still here when the program ends are checked, too. */
__attribute__((destructor)) static void
check_all(void)
{
	nat_quarantine_lock();
	for (size_t i = 0; i < count; i++) {
		void *block = nat_record_block(ring[(first + i) % BLOCKS_MAX]);
		struct nat_record record = nat_record_get(block);

		if (!nat_record_is_guarded(&record))
			check(block);
	}
	nat_quarantine_unlock();
}
