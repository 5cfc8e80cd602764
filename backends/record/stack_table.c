/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hash table with linear probing, which only grows; see stack_table.h. Two
 * stacks with the same hash of 64 bits are taken for one: of 2^18 stacks, one
 * pair with the probability 2^-29.
 */
#include "config.h"

#include "backends/record/stack_table.h"

#include "backends/record/file.h"
#include "backends/record/lane.h"
#include "base/linux_sys.h"
#include "base/trace_format.h"

#include <pthread.h>
#include <stdbool.h>

#define SLOTS (2 * (size_t)VMM_TRACE_STACKS_MAX)
#define STACK_BYTES ((VMM_TRACE_DEPTH_MAX + 1) * VMM_TRACE_NUMBER_MAX)

/* Zeroes in the child of a fork, whose trace has numbers of its own. */
static struct table {
	pthread_mutex_t lock; /* acquired after that of the lanes */
	uint32_t stacks;      /* numbers from 1 to this are in use */
	uint32_t first;	      /* number of the first one to write */
	size_t bytes;	      /* of those to write */
	uint8_t column[VMM_TRACE_COLUMN_MAX];
	struct {
		uint64_t hash;	 /* atomic; 0: empty */
		uint32_t number; /* set before the hash */
	} slots[SLOTS];
} * table;

int
vmm_stack_table_init(void)
{
	void *map = vmm_sys_mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED ||
		vmm_sys_madvise(map, sizeof(*table), MADV_WIPEONFORK) != 0)
		return -1;
	table = map;
	return 0;
}

static uint64_t
hash_stack(const struct vmm_unwind_place *places, uint32_t n)
{
	uint64_t hash = n;

	for (uint32_t i = 0; i < n; i++) {
		hash = (hash ^ places[i].pc) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return hash != 0 ? hash : 1;
}

/* The slot of the hash, or the empty one at which it belongs. */
static size_t
probe(uint64_t hash)
{
	size_t i = (size_t)hash % SLOTS;

	for (;;) {
		uint64_t found = __atomic_load_n(
			&table->slots[i].hash, __ATOMIC_ACQUIRE);

		if (found == 0 || found == hash)
			return i;
		i = (i + 1) % SLOTS;
	}
}

/* Appends the frames to the column: each less the one before it. */
static void
put_stack(const struct vmm_unwind_place *places, uint32_t n)
{
	uint8_t *at = table->column + table->bytes;
	uintptr_t last = 0;

	at = vmm_trace_put_number(at, n);
	for (uint32_t i = 0; i < n; i++) {
		at = vmm_trace_put_number(
			at, vmm_trace_fold((int64_t)(places[i].pc - last)));
		last = places[i].pc;
	}
	table->bytes = (size_t)(at - table->column);
}

/* Called with the lock of the table. Returns false if the column is full. */
static bool
add(const struct vmm_unwind_place *places, uint32_t n, uint64_t hash,
	uint32_t *number)
{
	size_t i = probe(hash);

	*number = table->slots[i].number;
	if (table->slots[i].hash == hash ||
		table->stacks == VMM_TRACE_STACKS_MAX - 1)
		return true;
	if (table->bytes + STACK_BYTES > sizeof(table->column))
		return false;
	if (table->bytes == 0)
		table->first = table->stacks + 1;
	put_stack(places, n);
	*number = ++table->stacks;
	table->slots[i].number = *number;
	__atomic_store_n(&table->slots[i].hash, hash, __ATOMIC_RELEASE);
	return true;
}

uintptr_t
vmm_stack_table_find(const struct vmm_unwind_place *places, uint32_t n)
{
	uint64_t hash = hash_stack(places, n);
	size_t i = probe(hash);
	uint32_t number;
	bool is_added;

	if (__atomic_load_n(&table->slots[i].hash, __ATOMIC_RELAXED) == hash)
		return table->slots[i].number;
	do {
		pthread_mutex_lock(&table->lock);
		is_added = add(places, n, hash, &number);
		pthread_mutex_unlock(&table->lock);
		if (!is_added)
			vmm_lane_write_stacks();
	} while (!is_added);
	return number;
}

void
vmm_stack_table_write(void)
{
	if (table == NULL)
		return;
	pthread_mutex_lock(&table->lock);
	if (table->bytes > 0)
		vmm_record_file_write_stacks(table->first,
			table->stacks + 1 - table->first, table->column,
			table->bytes);
	table->bytes = 0;
	pthread_mutex_unlock(&table->lock);
}
