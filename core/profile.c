/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The profiling layer; see profile.h. Each call costs a few instructions: a
 * request counts down the bytes that are left until the next sample of its
 * thread. A block that is sampled gets an alignment that few others have, as in
 * jemalloc, so that free passes most blocks on after one test. realloc counts
 * as free and malloc. No allocation here.
 *
 * A signal handler may allocate and free in the middle of a sample of its
 * thread: it then takes no sample, and leaves a sampled block that it frees in
 * the table, until its address is sampled or freed again.
 */
#include "config.h"

#include "core/profile.h"

#include "base/checked.h"
#include "base/log.h"
#include "base/poisson.h"
#include "base/seal.h"
#include "core/env.h"
#include "core/profile_file.h"
#include "core/samples.h"
#include "core/stacks.h"
#include "os/process.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <string.h>

/*
 * The alignment of sampled blocks: at most this, and a part of the bytes from
 * one sample to the next, so that it costs little memory.
 */
#define ALIGNMENT_MAX 4096
#define ALIGNMENT_PART 128

/* Blocks of up to this many bytes are zeroed and copied here for alignment. */
#define COPY_MAX ((size_t)64 << 10)

/* Read-only once the layer is there. */
static struct {
	struct vmmalloc_backend inner;
	size_t mean;	  /* bytes from one sample to the next */
	size_t alignment; /* of sampled blocks */
} sealed VMM_SEALED_DATA;
#define inner (sealed.inner)

static _Thread_local struct {
	size_t left;	 /* bytes until the next sample */
	uint64_t random; /* 0: this thread has not begun */
	size_t number;	 /* of this thread, then */
	bool is_busy;	 /* with a sample */
} mine __attribute__((tls_model("initial-exec")));

static void
begin_thread(void)
{
	static uint64_t threads;
	uint64_t n = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);

	mine.number = (size_t)n;
	mine.random = vmm_poisson_seed(vmm_os_clock_ns() + (n << 48));
	mine.left = vmm_poisson_interval(&mine.random, sealed.mean);
}

/* Whether a block of this size, for which too few bytes are left, is hit. */
static __attribute__((noinline, cold)) bool
is_hit(size_t size)
{
	if (mine.is_busy) {
		mine.left = sealed.mean;
		return false;
	}
	if (mine.random == 0) {
		begin_thread();
		if (!__builtin_sub_overflow(mine.left, size, &mine.left))
			return false;
	}
	mine.left = vmm_poisson_interval(&mine.random, sealed.mean);
	return true;
}

static inline bool
may_be_hit(size_t size)
{
	bool is_below;

#ifdef __x86_64__ /* in one instruction, and two to get there and away */
	__asm__("sub %2, %1" : "=@ccc"(is_below), "+m"(mine.left) : "r"(size));
#else
	is_below = __builtin_sub_overflow(mine.left, size, &mine.left);
#endif
	return __builtin_expect(is_below, 0);
}

/* Adds a new block, which may be NULL. */
static void *
add(void *ptr, size_t size, const struct vmm_unwind_place *from)
{
	double weight = vmm_poisson_weight(size, sealed.mean);
	struct vmm_amount amount = {
		.blocks = (uint64_t)(weight * (1 << VMM_AMOUNT_SHIFT) + 0.5),
		.bytes = (uint64_t)(weight * (double)size + 0.5),
	};
	int err = errno;

	if (ptr == NULL)
		return NULL;
	mine.is_busy = true;
	vmm_samples_add(ptr, amount, vmm_stacks_find_site(mine.number, from));
	mine.is_busy = false;
	errno = err;
	return ptr;
}

static __attribute__((noinline, cold)) bool
take(void *ptr, struct vmm_sample *sample)
{
	bool is_there;

	if (mine.is_busy)
		return false;
	mine.is_busy = true;
	is_there = vmm_samples_take(ptr, sample);
	mine.is_busy = false;
	return is_there;
}

static void
end(const struct vmm_sample *sample)
{
	mine.is_busy = true;
	vmm_samples_end(sample);
	mine.is_busy = false;
}

/* Comes before the block is freed: another thread may then get its address. */
static void
forget(void *ptr)
{
	struct vmm_sample sample;
	int err = errno;

	if (take(ptr, &sample))
		end(&sample);
	errno = err;
}

/*
 * The rare cases. Each is called last, so that a frequent one saves no
 * register, and returns to the program.
 */
static __attribute__((noinline, cold)) void *
malloc_at_hit(size_t size)
{
	struct vmm_unwind_place from = VMM_UNWIND_HERE;
	void *ptr;

	if (!is_hit(size))
		return inner.malloc(size);
	ptr = inner.memalign(sealed.alignment, size);
	return add(ptr != NULL ? ptr : inner.malloc(size), size, &from);
}

static void *
get_zeroed(size_t size)
{
	void *ptr = size <= COPY_MAX ? inner.memalign(sealed.alignment, size)
				     : NULL;

	return ptr != NULL ? memset(ptr, 0, size) : inner.calloc(1, size);
}

static __attribute__((noinline, cold)) void *
calloc_at_hit(size_t nmemb, size_t size)
{
	struct vmm_unwind_place from = VMM_UNWIND_HERE;
	size_t bytes = nmemb * size;

	return is_hit(bytes) ? add(get_zeroed(bytes), bytes, &from)
			     : inner.calloc(nmemb, size);
}

static __attribute__((noinline, cold)) void *
memalign_at_hit(size_t alignment, size_t size)
{
	struct vmm_unwind_place from = VMM_UNWIND_HERE;

	if (!is_hit(size))
		return inner.memalign(alignment, size);
	if (alignment < sealed.alignment)
		alignment = sealed.alignment;
	return add(inner.memalign(alignment, size), size, &from);
}

static __attribute__((noinline, cold)) void
forget_and_free(void *ptr)
{
	forget(ptr);
	inner.free(ptr);
}

/* Also with a size: another function than malloc may have aligned the block. */
static __attribute__((noinline)) void
free_at_zeroes(void *ptr)
{
	if (__builtin_expect(vmm_samples_may_have(ptr), 0))
		forget_and_free(ptr);
	else
		inner.free(ptr);
}

static void *
profile_malloc(size_t size)
{
	if (may_be_hit(size))
		return malloc_at_hit(size);
	return inner.malloc(size);
}

static void *
profile_calloc(size_t nmemb, size_t size)
{
	size_t bytes;

	if (vmm_array_bytes(nmemb, size, &bytes) && may_be_hit(bytes))
		return calloc_at_hit(nmemb, size);
	return inner.calloc(nmemb, size);
}

static void *
profile_memalign(size_t alignment, size_t size)
{
	if (may_be_hit(size))
		return memalign_at_hit(alignment, size);
	return inner.memalign(alignment, size);
}

static void
profile_free(void *ptr)
{
	if (__builtin_expect(vmm_samples_may_be_at(ptr), 0))
		free_at_zeroes(ptr);
	else
		inner.free(ptr);
}

static void
profile_free_sized(void *ptr, size_t size)
{
	if (__builtin_expect(vmm_samples_may_be_at(ptr), 0))
		free_at_zeroes(ptr);
	else
		inner.free_sized(ptr, size);
}

/* realloc to a block that can be sampled. */
static void *
move(void *ptr, size_t size)
{
	void *moved = size <= COPY_MAX ? inner.memalign(sealed.alignment, size)
				       : NULL;
	size_t old;

	if (moved == NULL)
		return inner.realloc(ptr, size);
	old = inner.usable_size(ptr);
	memcpy(moved, ptr, old < size ? old : size);
	inner.free(ptr);
	return moved;
}

/* If the block was sampled, or its new size is. */
static void *
resize(void *ptr, size_t size, const struct vmm_unwind_place *hit)
{
	struct vmm_sample old;
	bool was_sampled = vmm_samples_may_be_at(ptr) &&
		vmm_samples_may_have(ptr) && take(ptr, &old);
	void *moved = hit != NULL ? move(ptr, size) : inner.realloc(ptr, size);

	if (moved == NULL) {
		if (was_sampled) {
			mine.is_busy = true;
			vmm_samples_put_back(&old);
			mine.is_busy = false;
		}
		return NULL;
	}
	if (was_sampled)
		end(&old);
	return hit != NULL ? add(moved, size, hit) : moved;
}

static __attribute__((noinline, cold)) void *
realloc_at_hit(void *ptr, size_t size)
{
	struct vmm_unwind_place from = VMM_UNWIND_HERE;

	return resize(ptr, size, is_hit(size) ? &from : NULL);
}

static __attribute__((noinline, cold)) void *
realloc_sampled(void *ptr, size_t size)
{
	return resize(ptr, size, NULL);
}

static __attribute__((noinline)) void *
realloc_at_zeroes(void *ptr, size_t size)
{
	if (__builtin_expect(vmm_samples_may_have(ptr), 0))
		return realloc_sampled(ptr, size);
	return inner.realloc(ptr, size);
}

static void *
profile_realloc(void *ptr, size_t size)
{
	if (may_be_hit(size))
		return realloc_at_hit(ptr, size);
	if (__builtin_expect(vmm_samples_may_be_at(ptr), 0))
		return realloc_at_zeroes(ptr, size);
	return inner.realloc(ptr, size);
}

/* A power of two. */
static size_t
get_alignment(size_t mean)
{
	size_t alignment = 16;

	while (alignment < ALIGNMENT_MAX && alignment < mean / ALIGNMENT_PART)
		alignment *= 2;
	return alignment;
}

void
vmm_profile_init(
	const struct vmm_config *config, struct vmmalloc_backend *backend)
{
	if (config->profile == 0)
		return;
	sealed.alignment = get_alignment(config->profile);
	if (vmm_stacks_init() != 0 || vmm_samples_init(sealed.alignment) != 0) {
		vmm_warn("%s: there is no profile, because there is no "
			 "libgcc_s.so.1, or no memory",
			VMMALLOC_PROFILE_VAR);
		return;
	}
	inner = *backend;
	sealed.mean = config->profile;
	backend->malloc = profile_malloc;
	backend->calloc = profile_calloc;
	backend->memalign = profile_memalign;
	backend->realloc = profile_realloc;
	backend->free = profile_free;
	if (backend->free_sized != NULL)
		backend->free_sized = profile_free_sized;
	vmm_profile_file_init(config, backend);
}
