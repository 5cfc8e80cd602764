/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The recorder: a backend around another one. Each call of the program goes to
 * the other backend, and is then noted in the lane of its thread. vmmalloc
 * record says in the environment which backend that is, by the path of its
 * file, and which file is written.
 *
 * A table beside the pool has the number of each block, so that a call that
 * frees one says which, however often its address was used before. It has a
 * place for every 16 bytes of the pool; therefore blocks of less than 9 bytes
 * are allocated with 9, which makes them 16 bytes long.
 */
#include "config.h"

#include "backends/record/file.h"
#include "backends/record/lane.h"
#include "base/format.h"
#include "base/linux_sys.h"
#include "base/seal.h"
#include "vmmalloc/backend.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define FILE_VAR "VMMALLOC_RECORD_FILE"
#define BACKEND_VAR "VMMALLOC_RECORD_BACKEND"
#define PID_VAR "VMMALLOC_RECORD_PID"

#define GRANULE 16
#define SIZE_MIN 9 /* ABI: such blocks are aligned to 16 bytes */
#define LANE_SHIFT 44

/* Read-only once the library is live. */
static union {
	struct {
		struct vmmalloc_backend inner;
		struct vmmalloc_host host; /* with our thread_attach */
		const struct vmmalloc_host *outer;
		uintptr_t pool_base;
		uint64_t *numbers; /* of blocks; 0: not recorded */
	};
	char page[VMM_SEAL_ALIGN];
} sealed __attribute__((aligned(VMM_SEAL_ALIGN)));
#define inner (sealed.inner)

static _Thread_local struct vmm_lane *mine
	__attribute__((tls_model("initial-exec")));
/* The argument that the other backend gets back when the thread ends. */
static _Thread_local void *attached __attribute__((tls_model("initial-exec")));

static __attribute__((noinline, cold)) struct vmm_lane *
get_room(void)
{
	struct vmm_lane *old = mine;
	struct vmm_lane *lane = vmm_lane_get_room(old);

	if (lane != NULL && lane != old) {
		/* first: the C library may allocate while we attach */
		mine = lane;
		if (attached == NULL)
			sealed.outer->thread_attach(&mine);
	}
	return lane;
}

static inline struct vmm_lane *
get_lane(void)
{
	struct vmm_lane *lane = mine;

	if (__builtin_expect(lane != NULL && lane->left > 0, 1))
		return lane;
	return get_room();
}

static inline uint64_t *
number_of(const void *ptr)
{
	return &sealed.numbers[((uintptr_t)ptr - sealed.pool_base) / GRANULE];
}

static inline size_t
padded(size_t size)
{
	return size < SIZE_MIN ? SIZE_MIN : size;
}

/* Comes after the columns: a thread that sees the event sees them as well. */
static inline void
end_event(struct vmm_lane *lane, unsigned int tag)
{
	*lane->tags++ = (uint8_t)tag;
	lane->left--;
	__atomic_store_n(&lane->events, lane->events + 1, __ATOMIC_RELEASE);
}

static inline void
put_size(struct vmm_lane *lane, size_t size)
{
	lane->sizes = vmm_trace_put_number(lane->sizes, size);
}

/* Gives the new block its number. */
static inline void
put_block(struct vmm_lane *lane, void *ptr)
{
	*number_of(ptr) =
		(uint64_t)(lane->number + 1) << LANE_SHIFT | lane->blocks++;
}

/* Returns the tag for this kind of reference. */
static inline unsigned int
put_ref(struct vmm_lane *lane, uint64_t number)
{
	uint64_t block = number & ((UINT64_C(1) << LANE_SHIFT) - 1);
	uint32_t from = (uint32_t)(number >> LANE_SHIFT) - 1;

	if (__builtin_expect(from == lane->number, 1)) {
		lane->refs =
			vmm_trace_put_number(lane->refs, lane->blocks - block);
		return VMM_TRACE_REF_OWN;
	}
	if (number == 0)
		return VMM_TRACE_REF_UNKNOWN;
	lane->refs = vmm_trace_put_number(
		lane->refs, vmm_trace_fold((int64_t)from - lane->other_lane));
	lane->refs = vmm_trace_put_number(
		lane->refs, vmm_trace_fold((int64_t)(block - lane->other)));
	lane->other_lane = from;
	lane->other = block;
	return VMM_TRACE_REF_OTHER;
}

static inline void *
note(void *ptr, size_t size, unsigned int tag)
{
	struct vmm_lane *lane = get_lane();

	if (__builtin_expect(lane == NULL, 0)) {
		if (ptr != NULL)
			*number_of(ptr) = 0;
		return ptr;
	}
	put_size(lane, size);
	if (__builtin_expect(ptr != NULL, 1))
		put_block(lane, ptr);
	else
		tag = VMM_TRACE_FAILED;
	end_event(lane, tag);
	return ptr;
}

static void *
record_malloc(size_t size)
{
	return note(inner.malloc(padded(size)), size, VMM_TRACE_MALLOC);
}

static void *
record_calloc(size_t nmemb, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(nmemb, size, &bytes))
		return note(inner.calloc(nmemb, size), SIZE_MAX, 0);
	return note(bytes < SIZE_MIN ? inner.calloc(1, SIZE_MIN)
				     : inner.calloc(nmemb, size),
		bytes, VMM_TRACE_CALLOC);
}

static void *
record_memalign(size_t alignment, size_t size)
{
	void *ptr = inner.memalign(alignment, padded(size));
	struct vmm_lane *lane;

	if (ptr == NULL)
		return note(ptr, size, 0);
	lane = get_lane();
	if (lane != NULL)
		*lane->sizes++ = (uint8_t)__builtin_ctzl(alignment);
	return note(ptr, size, VMM_TRACE_MEMALIGN);
}

static void *
record_realloc(void *ptr, size_t size)
{
	uint64_t old = *number_of(ptr);
	void *moved = inner.realloc(ptr, padded(size));
	unsigned int tag = VMM_TRACE_REALLOC;
	struct vmm_lane *lane;

	if (moved == NULL)
		return note(NULL, size, 0);
	if (moved != ptr)
		tag |= VMM_TRACE_MOVED;
	lane = get_lane();
	if (lane != NULL)
		tag |= put_ref(lane, old);
	return note(moved, size, tag);
}

static inline void
note_free(void *ptr)
{
	struct vmm_lane *lane = get_lane();

	if (lane != NULL)
		end_event(
			lane, VMM_TRACE_FREE | put_ref(lane, *number_of(ptr)));
}

static void
record_free(void *ptr)
{
	note_free(ptr);
	inner.free(ptr);
}

static void
record_free_sized(void *ptr, size_t size)
{
	note_free(ptr);
	inner.free_sized(ptr, padded(size));
}

static size_t
record_good_size(size_t alignment, size_t size)
{
	return inner.good_size(alignment, padded(size));
}

static size_t
record_usable_size(void *ptr)
{
	return inner.usable_size(ptr);
}

static int
attach(void *arg)
{
	attached = arg;
	return sealed.outer->thread_attach(&mine);
}

static void
record_thread_exit(void *arg)
{
	struct vmm_lane *lane = mine;
	void *inner_arg = attached;

	(void)arg;
	attached = NULL;
	if (inner_arg != NULL && inner.thread_exit != NULL)
		inner.thread_exit(inner_arg);
	mine = NULL;
	if (lane != NULL)
		vmm_lane_release(lane);
}

_Noreturn static void
fail(const char *why)
{
	char text[600];

	vmm_format(text, sizeof(text), "record: %.500s", why);
	sealed.outer->fatal(text);
	abort(); /* fatal does not return */
}

/* Loads the other backend as the host loads one, and checks its table. */
static void
load_inner(const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct vmmalloc_backend *table;

	if (handle == NULL)
		fail(dlerror());
	table = dlsym(handle, VMMALLOC_BACKEND_SYMBOL);
	if (table == NULL || table->abi_major != VMMALLOC_BACKEND_ABI_MAJOR)
		fail("the backend that it wraps has another ABI");
	memcpy(&inner, table,
		table->struct_size < sizeof(inner) ? table->struct_size
						   : sizeof(inner));
	if (inner.min_pool > sealed.outer->pool_size)
		fail("the pool is smaller than the backend that it wraps "
		     "needs; use a larger --pool-size");
}

static void
copy_host(const struct vmmalloc_host *host)
{
	sealed.outer = host;
	memcpy(&sealed.host, host,
		host->struct_size < sizeof(sealed.host) ? host->struct_size
							: sizeof(sealed.host));
	sealed.host.thread_attach = attach;
}

/* Passes on what is not recorded. */
static void
fill(struct vmmalloc_backend *self)
{
	self->library_version = inner.library_version;
	self->fork_prepare = inner.fork_prepare;
	self->fork_parent = inner.fork_parent;
	self->fork_child = inner.fork_child;
	self->purge = inner.purge;
	self->stats = inner.stats;
	self->ctl = inner.ctl;
	self->thread_reserve = inner.thread_reserve;
	self->thread_unreserve = inner.thread_unreserve;
	self->thread_start = inner.thread_start;
	self->free_sized = inner.free_sized != NULL ? record_free_sized : NULL;
	self->good_size = inner.good_size != NULL ? record_good_size : NULL;
}

static int
init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	const char *path = secure_getenv(BACKEND_VAR);
	const char *file = secure_getenv(FILE_VAR);
	const char *first = secure_getenv(PID_VAR);
	size_t size = host->pool_size / GRANULE * sizeof(uint64_t);
	const char *name;
	void *map;

	copy_host(host);
	if (path == NULL || file == NULL || path[0] != '/')
		fail("this backend is for the command vmmalloc record");
	load_inner(path);
	name = inner.name;
	map = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		fail("no address space for half the size of the pool; use a "
		     "smaller --pool-size");
	vmm_sys_madvise(map, size, MADV_NOHUGEPAGE);
	sealed.numbers = map;
	sealed.pool_base = (uintptr_t)host->pool_base;
	if (vmm_record_file_init(file, first != NULL ? atoi(first) : 0, name) !=
			0 ||
		vmm_lane_init(host) != 0)
		fail("no memory for its buffers, or a kernel before 4.14");
	if (inner.init(&sealed.host, &inner) != 0)
		return -1;
	fill(self);
	return vmm_sys_mprotect(&sealed, sizeof(sealed), PROT_READ);
}

__attribute__((destructor)) static void
finish(void)
{
	if (sealed.numbers != NULL)
		vmm_lane_finish();
}

__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "record",
	.version = PACKAGE_VERSION,
	.init = init,
	.malloc = record_malloc,
	.free = record_free,
	.calloc = record_calloc,
	.realloc = record_realloc,
	.memalign = record_memalign,
	.usable_size = record_usable_size,
	.thread_exit = record_thread_exit,
};
