/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heap backend on the distribution's libmimalloc 2.0, outside of
 * libvmmalloc's tree. mimalloc gets extents of the pool as arenas, and no other
 * memory for blocks; its metadata for threads and arenas is ordinary anonymous
 * memory.
 *
 * The plugin's part of the work:
 * - More memory. mimalloc has no hook for it: if a call fails, we add an arena
 *   and call again. There may be 64 arenas, so each is a quarter of all before
 *   it. (While mimalloc adds one, other threads must not read the list of
 *   arenas: in 2.0.9 an arena is in the list before it has its number.)
 * - Backing. An arena is committed as a whole before mimalloc gets it: what
 *   mimalloc takes for a commit, mprotect, does not fail on a full file system.
 * - fork. mimalloc's threads wait for each other by flags that stay set in a
 *   child in which the other thread does not exist: no thread may be inside
 *   when one forks.
 */
#include "gate.h"

#include <vmmalloc/backend.h>

#include <mimalloc.h>

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

/* mimalloc's segments: alignment of arenas, and the unit of their size. */
#define SEGMENT ((size_t)32 << 20)

/* The part of the segments of a block of its own that mimalloc uses itself. */
#define SEGMENT_HEADER ((size_t)1 << 20)

/*
 * For larger alignments mimalloc takes memory from the system, whatever its
 * options.
 */
#define ALIGNMENT_MAX (SEGMENT / 2)

/* Bootstrap blocks, what alignment costs, and a segment for each of two. */
#define MIN_POOL ((uint64_t)128 << 20)

static const struct vmmalloc_host *host;
static pthread_key_t mimalloc_key; /* by which it is told when threads end */
static size_t given; /* bytes in arenas; guarded by the closed gate */
static atomic_uint arenas;

/*
 * NULL until the thread is known. Initial-exec, as all thread-local storage of
 * an allocator must be: other models allocate it when it is first touched.
 */
static _Thread_local struct gate_counter *mine
	__attribute__((tls_model("initial-exec")));

/*
 * mimalloc's own clean-up when a thread ends does not pass the gate, so it must
 * not run. thread_exit does it instead.
 */
static void
attach(void)
{
	mine = gate_pick();
	mi_thread_init();
	if (host->thread_attach(&mine) == 0)
		pthread_setspecific(mimalloc_key, NULL);
}

static inline void
enter(void)
{
	if (__builtin_expect(mine == NULL, 0))
		attach();
	gate_enter(mine);
}

static inline void
leave(void)
{
	gate_leave(mine);
}

static void
thread_exit(void *arg)
{
	(void)arg;
	enter();
	mi_thread_done();
	leave();
	pthread_setspecific(mimalloc_key, NULL); /* mimalloc has set it again */
	mine = NULL;
}

/*
 * Adds an arena for a block of this many bytes. The caller has closed the gate.
 */
static bool
add_arena(size_t bytes)
{
	size_t need = (bytes + SEGMENT_HEADER + SEGMENT - 1) & -SEGMENT;
	size_t size = given / 4 & -SEGMENT;
	void *start;

	for (;; size = size / 2 & -SEGMENT) {
		if (size < need)
			size = need;
		/*
		 * mimalloc 2.0.9 assumes that new arenas are zeroed, if told so
		 * or not
		 */
		start = host->extent_alloc(
			NULL, size, SEGMENT, VMMALLOC_EXTENT_ZERO, NULL);
		if (start != NULL)
			break;
		if (size == need)
			return false;
	}
	if (!mi_manage_os_memory(start, size, true, false, true, -1)) {
		host->extent_free(start, size);
		return false;
	}
	given += size;
	atomic_fetch_add(&arenas, 1);
	return true;
}

/*
 * Makes sure that there are more arenas than there were; false if that is
 * impossible.
 */
static bool
grow(size_t bytes, unsigned int there_were)
{
	bool has_grown;

	gate_close();
	has_grown = atomic_load(&arenas) != there_were || add_arena(bytes);
	gate_open();
	return has_grown;
}

struct request {
	void *old; /* the block to resize, or NULL */
	size_t size;
	size_t alignment; /* 0: as for any block */
	bool is_zero;
};

static void *
attempt(const struct request *r)
{
	void *p;

	enter();
	if (r->old != NULL)
		p = mi_realloc(r->old, r->size);
	else if (r->alignment != 0)
		/* 2.0.9's mi_malloc_aligned gives 256 bytes at 128 */
		p = mi_malloc_aligned_at(r->size, r->alignment, 0);
	else if (r->is_zero)
		p = mi_zalloc(r->size);
	else
		p = mi_malloc(r->size);
	leave();
	return p;
}

/* Called by malloc and its like if mimalloc has no memory. */
__attribute__((noinline, cold)) static void *
grow_and_allocate(struct request r)
{
	unsigned int seen;
	void *p;

	/* sizes that no arena can serve */
	if (r.alignment > ALIGNMENT_MAX ||
		r.size > PTRDIFF_MAX - r.alignment - SEGMENT - SEGMENT_HEADER)
		goto out_enomem;
	do {
		seen = atomic_load(&arenas);
		p = attempt(&r);
		if (p != NULL)
			return p;
	} while (grow(r.size + r.alignment, seen));
out_enomem:
	errno = ENOMEM;
	return NULL;
}

static void *
allocate(size_t size)
{
	void *p;

	enter();
	p = mi_malloc(size);
	leave();
	return p != NULL ? p
			 : grow_and_allocate((struct request){ .size = size });
}

/* Frees after thread_exit must not make mimalloc start again in this thread. */
static void
release(void *ptr)
{
	struct gate_counter *counter = mine != NULL ? mine : gate_pick();
	int err = errno; /* mimalloc may ask the system for NUMA nodes */

	gate_enter(counter);
	mi_free(ptr);
	gate_leave(counter);
	errno = err;
}

static void *
allocate_zeroed(size_t nmemb, size_t size)
{
	struct request r = { .is_zero = true };
	void *p;

	if (__builtin_mul_overflow(nmemb, size, &r.size)) {
		errno = ENOMEM;
		return NULL;
	}
	p = attempt(&r);
	return p != NULL ? p : grow_and_allocate(r);
}

static void *
resize(void *ptr, size_t size)
{
	struct request r = { .old = ptr, .size = size };
	void *p = attempt(&r);

	return p != NULL ? p : grow_and_allocate(r);
}

static void *
allocate_aligned(size_t alignment, size_t size)
{
	struct request r = { .size = size, .alignment = alignment };
	void *p = alignment <= ALIGNMENT_MAX ? attempt(&r) : NULL;

	return p != NULL ? p : grow_and_allocate(r);
}

/* The block is the caller's, and does not change: no gate is needed. */
static size_t
usable_size(void *ptr)
{
	return mi_usable_size(ptr);
}

static bool
see_area(const mi_heap_t *heap, const mi_heap_area_t *area, void *block,
	size_t size, void *arg)
{
	(void)heap, (void)area, (void)block, (void)size;
	*(bool *)arg = true;
	return false;
}

/* Before mimalloc has an arena: memory that it has then is not the pool's. */
static bool
has_memory(void)
{
	bool is_any = false;

	mi_heap_visit_blocks(mi_heap_get_default(), false, see_area, &is_any);
	return is_any;
}

/* mimalloc's key is the one with this thread's heap in it. */
static bool
find_key(void)
{
	void *heap = mi_heap_get_default();

	for (mimalloc_key = 0; mimalloc_key < PTHREAD_KEYS_MAX; mimalloc_key++)
		if (pthread_getspecific(mimalloc_key) == heap)
			return true;
	return false;
}

static int
init(const struct vmmalloc_host *the_host, struct vmmalloc_backend *self)
{
	(void)self;
	host = the_host;
	if (mi_option_get(mi_option_reserve_os_memory) > 0 ||
		mi_option_get(mi_option_reserve_huge_os_pages) > 0)
		host->fatal("mimalloc: MIMALLOC_RESERVE_OS_MEMORY and "
			    "MIMALLOC_RESERVE_HUGE_OS_PAGES would put blocks "
			    "outside the pool; unset them");
	if (has_memory())
		host->fatal("mimalloc: it has taken memory outside the pool, "
			    "because the program uses libmimalloc itself; "
			    "choose another backend");
	if (!find_key())
		host->fatal("mimalloc: this libmimalloc keeps its threads' "
			    "heaps in no pthread key; version 2.0 does");
	mi_option_enable(mi_option_limit_os_alloc);
	mi_option_disable(mi_option_allow_decommit);
	/* calls are still made after the end of main */
	mi_option_disable(mi_option_destroy_on_exit);
	if (!grow(0, 0)) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

static const char *
library_version(void)
{
	static char text[16];
	int version = mi_version();

	snprintf(text, sizeof(text), "%d.%d.%d", version / 100,
		version / 10 % 10, version % 10);
	return text;
}

__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "mimalloc",
	.version = "1.0",
	.init = init,
	.malloc = allocate,
	.free = release,
	.calloc = allocate_zeroed,
	.realloc = resize,
	.memalign = allocate_aligned,
	.usable_size = usable_size,
	.min_pool = MIN_POOL,
	.library_version = library_version,
	.thread_exit = thread_exit,
	.fork_prepare = gate_close,
	.fork_parent = gate_open,
	.fork_child = gate_open_child,
};
