/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A backend with one fault, for the test of the conformance set: all calls are
 * passed to the backend in the file $FAULTY_BASE, except those that the fault
 * $FAULTY_FAULT replaces.
 */
#include "config.h"

#include "vmmalloc/backend.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct vmmalloc_backend base;
static const struct vmmalloc_host *host;
static void *last; /* the last block allocated, of 1000 bytes or more */
static bool is_child;

static void *
remember(void *p, size_t size)
{
	if (size >= 1000)
		last = p;
	return p;
}

static void *
malloc_same(size_t size)
{
	static void *same;

	if (size != 0)
		return base.malloc(size);
	return same != NULL ? same : (same = base.malloc(1));
}

static void *
malloc_without_errno(size_t size)
{
	void *p = base.malloc(size);

	if (p == NULL)
		errno = 0;
	return p;
}

static void *
calloc_wrapping(size_t nmemb, size_t size)
{
	void *p = base.malloc(nmemb * size);

	return p != NULL ? memset(p, 0, nmemb * size) : NULL;
}

static void
free_changing_errno(void *ptr)
{
	base.free(ptr);
	errno = EINVAL;
}

static void *
calloc_misaligned(size_t nmemb, size_t size)
{
	if (nmemb * size != 2000)
		return base.calloc(nmemb, size);
	return (char *)base.malloc(size + 8) + 8;
}

static void *
memalign_less(size_t alignment, size_t size)
{
	return base.memalign(alignment > 16 ? alignment / 2 : 16, size);
}

static size_t
usable_size_more(void *ptr)
{
	return base.usable_size(ptr) + 64;
}

static void *
malloc_twice(size_t size)
{
	static unsigned int calls;

	if (size >= 1000 && ++calls % 50 == 0 && last != NULL)
		return last;
	return remember(base.malloc(size), size);
}

static void *
calloc_dirty(size_t nmemb, size_t size)
{
	void *p = base.calloc(nmemb, size);

	return p != NULL ? memset(p, 0x5a, nmemb * size) : NULL;
}

static void *
realloc_forgetting(void *ptr, size_t size)
{
	base.free(ptr);
	return base.calloc(1, size);
}

static void *
malloc_outside(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

static void
spoil(void *block)
{
	memset((char *)block + 500, 0, 100);
}

/* Only for one thread at a time. */
static void *
malloc_for_main(size_t size)
{
	if (gettid() != getpid() && size >= 1000 && last != NULL)
		spoil(last);
	return remember(base.malloc(size), size);
}

static pthread_key_t key;

static void *
malloc_of_thread(size_t size)
{
	void *p = base.malloc(size);

	if (size >= 3000 && gettid() != getpid())
		pthread_setspecific(key, p);
	return p;
}

static void *
malloc_remembering(size_t size)
{
	return remember(base.malloc(size), size);
}

static void
child_without_last(void)
{
	base.fork_child();
	spoil(last);
}

static void
child_is_child(void)
{
	base.fork_child();
	is_child = true;
}

/* Hangs, as on a lock; the alarm soon ends the process. */
static void *
malloc_hanging(size_t size)
{
	if (!is_child)
		return base.malloc(size);
	alarm(1);
	for (;;)
		pause();
}

static void *
malloc_full(size_t size)
{
	void *p = base.malloc(size);

	if (p == NULL)
		errno = EAGAIN;
	return p;
}

static void *
malloc_crashing(size_t size)
{
	if (size == 2000)
		abort();
	return base.malloc(size);
}

static int
stats_of_nothing(struct vmmalloc_backend_stats *stats)
{
	memset((char *)stats + sizeof(stats->struct_size), 0,
		stats->struct_size - sizeof(stats->struct_size));
	return 0;
}

static const struct fault {
	const char *name;
	struct vmmalloc_backend slots; /* replace the base's */
} faults[] = {
	{ "none", { 0 } },
	{ "zero-size", { .malloc = malloc_same } },
	{ "too-large", { .malloc = malloc_without_errno } },
	{ "overflow", { .calloc = calloc_wrapping } },
	{ "errno", { .free = free_changing_errno } },
	{ "alignment", { .calloc = calloc_misaligned } },
	{ "memalign", { .memalign = memalign_less } },
	{ "usable-size", { .usable_size = usable_size_more } },
	{ "contents", { .malloc = malloc_twice } },
	{ "zeroed", { .calloc = calloc_dirty } },
	{ "realloc", { .realloc = realloc_forgetting } },
	{ "in-pool", { .malloc = malloc_outside } },
	{ "threads", { .malloc = malloc_for_main } },
	{ "thread-exit", { .malloc = malloc_of_thread } },
	{ "fork",
		{ .malloc = malloc_remembering,
			.fork_child = child_without_last } },
	{ "fork-threads",
		{ .malloc = malloc_hanging, .fork_child = child_is_child } },
	{ "exhaustion", { .malloc = malloc_full } },
	{ "crash", { .malloc = malloc_crashing } },
	{ "statistics", { .stats = stats_of_nothing } },
};

#define REPLACE(slot)                                   \
	do {                                            \
		if (fault->slots.slot != NULL)          \
			self->slot = fault->slots.slot; \
	} while (0)

static bool
install_fault(const char *name, struct vmmalloc_backend *self)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct fault *fault = &faults[i];

		if (strcmp(fault->name, name) != 0)
			continue;
		REPLACE(malloc);
		REPLACE(free);
		REPLACE(calloc);
		REPLACE(realloc);
		REPLACE(memalign);
		REPLACE(usable_size);
		REPLACE(fork_child);
		REPLACE(stats);
		return true;
	}
	return false;
}

static void
nothing(void)
{
}

static int
init(const struct vmmalloc_host *the_host, struct vmmalloc_backend *self)
{
	const char *file = getenv("FAULTY_BASE");
	const char *fault = getenv("FAULTY_FAULT");
	void *handle = dlopen(file != NULL ? file : "", RTLD_NOW);
	const struct vmmalloc_backend *table =
		handle != NULL ? dlsym(handle, VMMALLOC_BACKEND_SYMBOL) : NULL;

	host = the_host;
	if (table == NULL || fault == NULL)
		host->fatal("FAULTY_BASE or FAULTY_FAULT is not set well");
	base = *table;
	if (base.fork_child == NULL)
		base.fork_child = nothing;
	if (base.init(host, &base) != 0)
		return -1;
	*self = base;
	if (pthread_key_create(&key, spoil) != 0)
		return -1;
	if (!install_fault(fault, self))
		host->fatal("no such fault");
	return 0;
}

static void *
no_memory(size_t size)
{
	(void)size;
	return NULL;
}

__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "faulty",
	.version = "1",
	.init = init,
	.malloc = no_memory,
	.free = free_changing_errno,
	.calloc = calloc_dirty,
	.realloc = realloc_forgetting,
	.memalign = memalign_less,
	.usable_size = usable_size_more,
};
