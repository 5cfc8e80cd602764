/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of blocks in the debug build; see debug_record.h. */
#include "config.h"

#include "backends/native/debug_record.h"

#include "backends/native/meta.h"
#include "backends/native/size_class.h"
#include "vmmalloc/backend.h"

/* A word holds, from the lowest bit up, the size, gap_shift and the state. */
#define SIZE_BITS 48
#define SIZE_MASK ((UINT64_C(1) << SIZE_BITS) - 1)
#define STATE_SHIFT 56

#define LOOK_BACK (((size_t)1 << 20) / NAT_ALIGNMENT)

static char *base;
static size_t page_size;
static uint64_t *words;

int
nat_record_init(const struct vmmalloc_host *host)
{
	base = host->pool_base;
	page_size = host->page_size;
	words = nat_meta_map(host->pool_size / NAT_ALIGNMENT * sizeof(*words));
	return words != NULL ? 0 : -1;
}

size_t
nat_record_gap(const void *block, const struct nat_record *record)
{
	if (nat_record_is_guarded(record))
		return page_size + ((uintptr_t)block & (page_size - 1));
	return record->gap_shift != 0 ? (size_t)1 << record->gap_shift : 0;
}

uint64_t
nat_record_number(const void *ptr)
{
	return (uint64_t)((const char *)ptr - base) / NAT_ALIGNMENT;
}

void *
nat_record_block(uint64_t number)
{
	return base + number * NAT_ALIGNMENT;
}

static struct nat_record
decode(uint64_t word)
{
	return (struct nat_record){
		.state = (enum nat_state)(word >> STATE_SHIFT),
		.gap_shift = word >> SIZE_BITS & 0xff,
		.size = word & SIZE_MASK,
	};
}

static uint64_t
encode(const struct nat_record *record)
{
	return (uint64_t)record->state << STATE_SHIFT |
		(uint64_t)record->gap_shift << SIZE_BITS | record->size;
}

static bool
can_start_at(const void *ptr)
{
	return (uintptr_t)ptr % NAT_ALIGNMENT == 0;
}

struct nat_record
nat_record_get(const void *ptr)
{
	if (!can_start_at(ptr))
		return decode(0);
	return decode(__atomic_load_n(
		&words[nat_record_number(ptr)], __ATOMIC_ACQUIRE));
}

void
nat_record_set(void *ptr, const struct nat_record *record)
{
	__atomic_store_n(&words[nat_record_number(ptr)], encode(record),
		__ATOMIC_RELEASE);
}

bool
nat_record_retire(void *ptr, struct nat_record *record)
{
	struct nat_record freed;
	uint64_t word;

	*record = nat_record_get(ptr);
	if (record->state != NAT_LIVE)
		return false;
	word = encode(record);
	freed = *record;
	freed.state = NAT_FREED;
	if (__atomic_compare_exchange_n(&words[nat_record_number(ptr)], &word,
		    encode(&freed), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return true;
	*record = decode(word);
	return false;
}

void *
nat_record_around(const void *ptr, struct nat_record *record)
{
	uint64_t number = nat_record_number(ptr);
	uint64_t last = number > LOOK_BACK ? number - LOOK_BACK : 0;

	for (; number > last; number--) {
		char *start = nat_record_block(number);

		*record = nat_record_get(start);
		if (record->state == NAT_LIVE)
			return (size_t)((const char *)ptr - start) <
					record->size
				? start
				: NULL;
	}
	return NULL;
}
