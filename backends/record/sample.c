/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of the recorder for a sample of the blocks, which each thread
 * takes for itself (base/poisson.h): a block of size bytes is in it with the
 * probability 1 - exp(-size / mean), whatever came before. A block of 0 bytes
 * counts as one of 1.
 *
 * Each 4 KiB of the pool has the number of such blocks that begin there: most
 * of these are 0, and lie in few lines of the cache, so that a free of another
 * block costs one load.
 */
#include "config.h"

#include "backends/record/record.h"
#include "base/linux_sys.h"
#include "base/poisson.h"

#include <errno.h>

#define inner (vmm_record.inner)
#define AREA 4096 /* bytes; at most 256 blocks begin in it */

/* Bytes until the next block of the sample. */
static _Thread_local int64_t distance
	__attribute__((tls_model("initial-exec")));
static _Thread_local uint64_t state /* 0: this thread has none yet */
	__attribute__((tls_model("initial-exec")));

int
vmm_record_sample_init(size_t pool_size)
{
	size_t size = (pool_size / AREA + 1) * sizeof(*vmm_record.samples);
	void *map = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	vmm_record.samples = map;
	return 0;
}

static int64_t
draw_distance(void)
{
	return (int64_t)vmm_poisson_interval(&state, vmm_record.sample) + 1;
}

/* The distance has run out, or has never been drawn. */
static __attribute__((noinline, cold)) bool
begin_distance(void)
{
	if (state == 0) {
		struct timespec now = { 0, 0 };

		vmm_sys_clock_gettime(CLOCK_MONOTONIC, &now);
		state = vmm_poisson_seed(
			(uint64_t)now.tv_nsec << 32 ^ (uintptr_t)&state);
		distance += draw_distance();
		if (distance > 0)
			return false;
	}
	distance = draw_distance();
	return true;
}

/* Whether a block of this size is in the sample. */
static inline bool
pick(size_t size)
{
	distance -= (int64_t)(size | (size == 0));
	return __builtin_expect(distance <= 0, 0) && begin_distance();
}

static inline uint16_t *
area_of(const void *ptr)
{
	return &vmm_record.samples[((uintptr_t)ptr - vmm_record.pool_base) /
		AREA];
}

static __attribute__((noinline, cold)) void *
add(void *ptr, const struct vmm_record_call *call, uint64_t old)
{
	int err = errno;

	vmm_record_note(ptr, call, old);
	if (ptr != NULL && *vmm_record_number(ptr) != 0)
		__atomic_fetch_add(area_of(ptr), 1, __ATOMIC_RELAXED);
	errno = err;
	return ptr;
}

/* Removes the block from the sample. Returns its number, 0 if it had none. */
static __attribute__((noinline, cold)) uint64_t
remove_block(void *ptr)
{
	uint64_t *number = vmm_record_number(ptr);
	uint64_t old = *number;

	if (old != 0) {
		*number = 0;
		__atomic_fetch_sub(area_of(ptr), 1, __ATOMIC_RELAXED);
	}
	return old;
}

static inline uint64_t
take_number(void *ptr)
{
	if (__builtin_expect(
		    __atomic_load_n(area_of(ptr), __ATOMIC_RELAXED) == 0, 1))
		return 0;
	return remove_block(ptr);
}

static __attribute__((noinline, cold)) void
note_free(uint64_t number, unsigned int flags)
{
	struct vmm_lane *lane = vmm_record_lane();

	if (lane != NULL)
		vmm_record_end_event(lane,
			VMM_TRACE_FREE | flags |
				vmm_record_put_ref(lane, number));
}

#define CALL(bytes, kind)           \
	(&(struct vmm_record_call){ \
		.size = (bytes), .tag = (kind), .from = VMM_UNWIND_HERE })

static void *
sample_malloc(size_t size)
{
	void *ptr = inner.malloc(vmm_record_padded(size));

	if (__builtin_expect(ptr != NULL && !pick(size), 1))
		return ptr;
	return add(ptr, CALL(size, VMM_TRACE_MALLOC), 0);
}

static void *
sample_calloc(size_t nmemb, size_t size)
{
	size_t bytes;
	void *ptr;

	if (__builtin_mul_overflow(nmemb, size, &bytes))
		bytes = SIZE_MAX;
	ptr = bytes < VMM_RECORD_SIZE_MIN ? inner.calloc(1, VMM_RECORD_SIZE_MIN)
					  : inner.calloc(nmemb, size);
	if (__builtin_expect(ptr != NULL && !pick(bytes), 1))
		return ptr;
	return add(ptr, CALL(bytes, VMM_TRACE_CALLOC), 0);
}

static void *
sample_memalign(size_t alignment, size_t size)
{
	void *ptr = inner.memalign(alignment, vmm_record_padded(size));
	struct vmm_record_call *call = CALL(size, VMM_TRACE_MEMALIGN);

	if (ptr != NULL && !pick(size))
		return ptr;
	call->log_size = (unsigned int)__builtin_ctzl(alignment);
	return add(ptr, call, 0);
}

/*
 * The new block is in the sample or not, as if realloc were malloc and free:
 * its probability depends on its own size only. The number is removed before
 * the call, after which another thread may get the address.
 */
static void *
sample_realloc(void *ptr, size_t size)
{
	struct vmm_record_call *call = CALL(size, VMM_TRACE_REALLOC);
	uint64_t old = take_number(ptr);
	void *moved = inner.realloc(ptr, vmm_record_padded(size));

	if (__builtin_expect(moved == NULL, 0)) {
		if (old != 0) {
			*vmm_record_number(ptr) = old;
			__atomic_fetch_add(area_of(ptr), 1, __ATOMIC_RELAXED);
		}
		return add(NULL, call, 0);
	}
	if (moved != ptr)
		call->tag |= VMM_TRACE_MOVED;
	if (__builtin_expect(pick(size), 0))
		return add(moved, call, old);
	if (__builtin_expect(old != 0, 0))
		note_free(old, VMM_TRACE_LEFT);
	return moved;
}

static void
sample_free(void *ptr)
{
	uint64_t number = take_number(ptr);

	if (__builtin_expect(number != 0, 0))
		note_free(number, 0);
	inner.free(ptr);
}

static void
sample_free_sized(void *ptr, size_t size)
{
	uint64_t number = take_number(ptr);

	if (__builtin_expect(number != 0, 0))
		note_free(number, 0);
	inner.free_sized(ptr, vmm_record_padded(size));
}

void
vmm_record_use_samples(struct vmmalloc_backend *self)
{
	self->malloc = sample_malloc;
	self->free = sample_free;
	self->calloc = sample_calloc;
	self->realloc = sample_realloc;
	self->memalign = sample_memalign;
	self->free_sized = inner.free_sized != NULL ? sample_free_sized : NULL;
}
