/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sampled blocks of a heap profile, and the stacks that they were allocated
 * by. All of it lies in memory of its own, outside of the pool. Functions are
 * thread-safe, keep errno, and allocate nothing; a forked child has a copy. A
 * thread acquires the lock last of all, except in the handlers of a fork.
 */
#ifndef VMM_SAMPLES_H
#define VMM_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VMM_STACK_MAX 64 /* functions; the outer ones are left out */

/* Blocks that were freed within 1 ms, 10 ms and so on up to 1000 s, or later.
 */
#define VMM_LIFETIMES 8

/* An estimate of blocks. The numbers are in parts of 65536. */
struct vmm_amount {
	uint64_t blocks;
	uint64_t bytes; /* whole ones */
};
#define VMM_AMOUNT_SHIFT 16

/* The calls with one stack. Sites are never removed. */
struct vmm_site {
	struct vmm_site *next;	/* in the hash table's list */
	struct vmm_site *older; /* in the list of all */
	uint64_t hash;
	struct vmm_amount live;
	struct vmm_amount allocated; /* in this process */
	struct vmm_amount freed[VMM_LIFETIMES];
	size_t depth;
	uintptr_t stack[]; /* return addresses, the innermost first */
};

/* A sampled block that is live. */
struct vmm_sample {
	uintptr_t ptr;
	struct vmm_site *site;
	struct vmm_amount amount;
	uint64_t born_ns;
};

/*
 * alignment, a power of two, is that of most blocks that will be added. 0, or
 * -1 if there is no memory.
 */
int vmm_samples_init(size_t alignment);

/* The site with this stack, or NULL if there is no memory. */
struct vmm_site *vmm_samples_find_site(const uintptr_t *stack, size_t depth);

/* Adds a block of the site that stands for this amount. */
void vmm_samples_add(
	void *ptr, struct vmm_amount amount, struct vmm_site *site);

/*
 * Finds the block and removes it, before it is freed or moved. end counts it as
 * freed, put_back undoes the removal.
 */
bool vmm_samples_take(const void *ptr, struct vmm_sample *sample);
void vmm_samples_end(const struct vmm_sample *sample);
void vmm_samples_put_back(const struct vmm_sample *sample);

/* Samples that were lost for lack of memory. */
uint64_t vmm_samples_lost(void);

/*
 * The newest site, or NULL; and a copy of a site's numbers, with all of its
 * numbers from one moment.
 */
const struct vmm_site *vmm_samples_newest(void);
void vmm_samples_copy(struct vmm_site *to, const struct vmm_site *site);

/*
 * Whether the calling thread holds the lock, in a signal handler: it must then
 * call no other function of this file.
 */
bool vmm_samples_is_locked_by_me(void);

/*
 * Around a fork. Nothing happens if there is no profile. The child keeps its
 * live blocks; what its parent allocated and freed before is not the child's.
 */
void vmm_samples_lock(void);
void vmm_samples_unlock(void);
void vmm_samples_forked(void);

/*
 * Free looks at these first, without a lock. Each sampled block has zeroes in
 * these bits of its address. And a filter: one bit for the hash of an address,
 * which is set while there is a sampled block with it. The thread that frees a
 * block was told its address after both were set.
 */
extern size_t vmm_samples_zeroes __attribute__((visibility("hidden")));

#define VMM_FILTER_SHIFT 16

extern uint32_t vmm_samples_filter[(1 << VMM_FILTER_SHIFT) / 32]
	__attribute__((visibility("hidden")));

static inline uint32_t
vmm_samples_bit(const void *ptr)
{
	/* multiplicative hashing (Knuth, volume 3, 6.4), of the low bits */
	return (uint32_t)(uintptr_t)ptr * UINT32_C(0x9e3779b1) >>
		(32 - VMM_FILTER_SHIFT);
}

static inline bool
vmm_samples_may_be_at(const void *ptr)
{
#ifdef __x86_64__ /* in one instruction */
	bool is_zero;

	__asm__("test %2, %1"
		: "=@ccz"(is_zero)
		: "m"(vmm_samples_zeroes), "r"(ptr));
	return is_zero;
#else
	return ((uintptr_t)ptr &
		       __atomic_load_n(
			       &vmm_samples_zeroes, __ATOMIC_RELAXED)) == 0;
#endif
}

/* Of an address that they may be at. */
static inline bool
vmm_samples_may_have(const void *ptr)
{
	uint32_t bit = vmm_samples_bit(ptr);

	return __atomic_load_n(
		       &vmm_samples_filter[bit / 32], __ATOMIC_RELAXED) >>
		(bit % 32) &
		1;
}

#endif /* VMM_SAMPLES_H */
