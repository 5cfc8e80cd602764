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

#include "backends/record/record.h"

#include "backends/record/file.h"
#include "base/format.h"
#include "base/linux_sys.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define FILE_VAR "VMMALLOC_RECORD_FILE"
#define BACKEND_VAR "VMMALLOC_RECORD_BACKEND"
#define PID_VAR "VMMALLOC_RECORD_PID"
#define SAMPLE_VAR "VMMALLOC_RECORD_SAMPLE"
#define STACKS_VAR "VMMALLOC_RECORD_STACKS"

union vmm_record_settings vmm_record __attribute__((aligned(VMM_SEAL_ALIGN)));
#define inner (vmm_record.inner)

_Thread_local struct vmm_lane *vmm_record_mine
	__attribute__((tls_model("initial-exec")));
/* The argument that the other backend gets back when the thread ends. */
static _Thread_local void *attached __attribute__((tls_model("initial-exec")));

__attribute__((noinline, cold)) struct vmm_lane *
vmm_record_get_room(void)
{
	struct vmm_lane *old = vmm_record_mine;
	struct vmm_lane *lane = vmm_lane_get_room(old);

	if (lane != NULL && lane != old) {
		/* first: the C library may allocate while we attach */
		vmm_record_mine = lane;
		if (attached == NULL)
			vmm_record.outer->thread_attach(&vmm_record_mine);
	}
	return lane;
}

static size_t
record_good_size(size_t alignment, size_t size)
{
	return inner.good_size(alignment, vmm_record_padded(size));
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
	return vmm_record.outer->thread_attach(&vmm_record_mine);
}

static void
record_thread_exit(void *arg)
{
	struct vmm_lane *lane = vmm_record_mine;
	void *inner_arg = attached;

	(void)arg;
	attached = NULL;
	if (inner_arg != NULL && inner.thread_exit != NULL)
		inner.thread_exit(inner_arg);
	vmm_record_mine = NULL;
	if (lane != NULL)
		vmm_lane_release(lane);
}

_Noreturn static void
fail(const char *why)
{
	char text[600];

	vmm_format(text, sizeof(text), "record: %.500s", why);
	vmm_record.outer->fatal(text);
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
	if (inner.min_pool > vmm_record.outer->pool_size)
		fail("the pool is smaller than the backend that it wraps "
		     "needs; use a larger --pool-size");
}

static void
copy_host(const struct vmmalloc_host *host)
{
	vmm_record.outer = host;
	memcpy(&vmm_record.host, host,
		host->struct_size < sizeof(vmm_record.host)
			? host->struct_size
			: sizeof(vmm_record.host));
	vmm_record.host.thread_attach = attach;
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
	self->good_size = inner.good_size != NULL ? record_good_size : NULL;
	self->free_sized =
		inner.free_sized != NULL ? vmm_record_free_sized : NULL;
	if (vmm_record.sample > 0)
		vmm_record_use_samples(self);
}

/* vmmalloc record has checked the numbers. */
static uint32_t
get_number(const char *name, uint32_t max)
{
	const char *text = secure_getenv(name);
	unsigned long value = text != NULL ? strtoul(text, NULL, 10) : 0;

	return value <= max ? (uint32_t)value : max;
}

static void
get_settings(size_t pool_size)
{
	vmm_record.sample = get_number(SAMPLE_VAR, VMM_TRACE_SAMPLE_MAX);
	vmm_record.depth = get_number(STACKS_VAR, VMM_TRACE_DEPTH_MAX);
	if (vmm_record.sample > 0 && vmm_record_sample_init(pool_size) != 0)
		fail("no address space for a sample; use a smaller "
		     "--pool-size");
}

static int
init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	const char *path = secure_getenv(BACKEND_VAR);
	const char *file = secure_getenv(FILE_VAR);
	const char *first = secure_getenv(PID_VAR);
	size_t size = host->pool_size / VMM_RECORD_GRANULE * sizeof(uint64_t);
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
	vmm_record.numbers = map;
	vmm_record.pool_base = (uintptr_t)host->pool_base;
	get_settings(host->pool_size);
	if (vmm_record_file_init(file, first != NULL ? atoi(first) : 0, name) !=
			0 ||
		vmm_lane_init(host, vmm_record.sample) != 0 ||
		vmm_stack_init(vmm_record.depth) != 0)
		fail("no memory for its buffers, or a kernel before 4.14");
	if (inner.init(&vmm_record.host, &inner) != 0)
		return -1;
	fill(self);
	return vmm_sys_mprotect(&vmm_record, sizeof(vmm_record), PROT_READ);
}

__attribute__((destructor)) static void
finish(void)
{
	if (vmm_record.numbers != NULL)
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
	.malloc = vmm_record_malloc,
	.free = vmm_record_free,
	.calloc = vmm_record_calloc,
	.realloc = vmm_record_realloc,
	.memalign = vmm_record_memalign,
	.usable_size = record_usable_size,
	.thread_exit = record_thread_exit,
};
