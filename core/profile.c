/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The profiling layer; see profile.h. Each call costs a few instructions: a
 * request counts down the bytes that are left until the next sample of its
 * thread, and free looks at the filter of samples.h. realloc counts as free and
 * malloc. No allocation here.
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
#include "os/process.h"
#include "os/unwind.h"
#include "vmmalloc/backend.h"

#include <errno.h>

/* Read-only once the layer is there. */
static struct {
	struct vmmalloc_backend inner;
	size_t mean; /* bytes from one sample to the next */
} sealed VMM_SEALED_DATA;
#define inner (sealed.inner)

static _Thread_local struct {
	size_t left;	 /* bytes until the next sample */
	uint64_t random; /* 0: this thread has not begun */
	bool is_busy;	 /* with a sample */
} mine __attribute__((tls_model("initial-exec")));

static void
begin_thread(void)
{
	static uint64_t threads;
	uint64_t n = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);

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
	return __builtin_expect(
		__builtin_sub_overflow(mine.left, size, &mine.left), 0);
}

static inline bool
is_sampled(size_t size)
{
	return may_be_hit(size) && is_hit(size);
}

/* Adds a new block, which may be NULL. */
static void *
add(void *ptr, size_t size)
{
	double weight = vmm_poisson_weight(size, sealed.mean);
	uintptr_t stack[VMM_STACK_MAX];
	struct vmm_amount amount = {
		.blocks = (uint64_t)(weight * (1 << VMM_AMOUNT_SHIFT) + 0.5),
		.bytes = (uint64_t)(weight * (double)size + 0.5),
	};
	int err = errno;

	if (ptr == NULL)
		return NULL;
	mine.is_busy = true;
	vmm_samples_add(
		ptr, amount, stack, vmm_os_unwind(stack, VMM_STACK_MAX));
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

/* The rare cases, each called last, so that a frequent one saves no register.
 */
static __attribute__((noinline, cold)) void *
malloc_at_hit(size_t size)
{
	return is_hit(size) ? add(inner.malloc(size), size)
			    : inner.malloc(size);
}

static __attribute__((noinline, cold)) void
forget_and_free(void *ptr)
{
	forget(ptr);
	inner.free(ptr);
}

static __attribute__((noinline, cold)) void
forget_and_free_sized(void *ptr, size_t size)
{
	forget(ptr);
	inner.free_sized(ptr, size);
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

	if (vmm_array_bytes(nmemb, size, &bytes) && is_sampled(bytes))
		return add(inner.calloc(nmemb, size), bytes);
	return inner.calloc(nmemb, size);
}

static void *
profile_memalign(size_t alignment, size_t size)
{
	if (is_sampled(size))
		return add(inner.memalign(alignment, size), size);
	return inner.memalign(alignment, size);
}

static void
profile_free(void *ptr)
{
	if (__builtin_expect(vmm_samples_may_have(ptr), 0))
		forget_and_free(ptr);
	else
		inner.free(ptr);
}

static void
profile_free_sized(void *ptr, size_t size)
{
	if (__builtin_expect(vmm_samples_may_have(ptr), 0))
		forget_and_free_sized(ptr, size);
	else
		inner.free_sized(ptr, size);
}

/* If the block was sampled, or its new size is. */
static __attribute__((noinline, cold)) void *
resize(void *ptr, size_t size, bool is_new_sample)
{
	struct vmm_sample old;
	bool was_sampled = vmm_samples_may_have(ptr) && take(ptr, &old);
	void *moved = inner.realloc(ptr, size);

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
	return is_new_sample ? add(moved, size) : moved;
}

static void *
profile_realloc(void *ptr, size_t size)
{
	bool is_new_sample = is_sampled(size);

	if (__builtin_expect(is_new_sample || vmm_samples_may_have(ptr), 0))
		return resize(ptr, size, is_new_sample);
	return inner.realloc(ptr, size);
}

void
vmm_profile_init(
	const struct vmm_config *config, struct vmmalloc_backend *backend)
{
	if (config->profile == 0)
		return;
	if (vmm_os_unwind_init() != 0 || vmm_samples_init() != 0) {
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
