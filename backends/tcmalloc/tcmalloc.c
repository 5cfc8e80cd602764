/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tcmalloc backend: the system's own gperftools, on the pool through a
 * system allocator of ours. The program's calls go straight into tcmalloc.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "backends/library.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* tcmalloc's own functions, beside the malloc family. */
static struct {
	const char *(*version)(int *major, int *minor, const char **patch);
	int (*get_property)(const char *name, size_t *value);
	int (*set_property)(const char *name, size_t value);
	void *(*calloc)(size_t nmemb, size_t size);
	size_t (*nallocx)(size_t size, int flags); /* or NULL */
} tc;

/* tcmalloc's calloc (2.10) does not set errno if the product overflows. */
static void *
allocate_zeroed(size_t nmemb, size_t size)
{
	size_t product;

	if (__builtin_mul_overflow(nmemb, size, &product)) {
		errno = ENOMEM;
		return NULL;
	}
	return tc.calloc(1, product);
}

/* The flags are the logarithm of the alignment. */
static size_t
good_size(size_t alignment, size_t size)
{
	return tc.nallocx(size, __builtin_ctzl(alignment));
}

/* Returns NULL, or the name of a function that the library does not have. */
static const char *
find_functions(struct vmmalloc_backend *self)
{
	const struct {
		const char *name;
		void *slot;
	} functions[] = {
		{ "MallocExtension_GetNumericProperty", &tc.get_property },
		{ "MallocExtension_SetNumericProperty", &tc.set_property },
		{ "tc_version", &tc.version },
		{ "tc_malloc", &self->malloc },
		{ "tc_free", &self->free },
		{ "tc_calloc", &tc.calloc },
		{ "tc_realloc", &self->realloc },
		{ "tc_memalign", &self->memalign },
		{ "tc_malloc_size", &self->usable_size },
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *found = vmm_library_find(functions[i].name);

		if (found == NULL)
			return functions[i].name;
		/* function pointers of all types have one representation */
		memcpy(functions[i].slot, &found, sizeof(found));
	}
	return NULL;
}

/*
 * By default the caches of threads may hold 32 MiB together, which is much of a
 * small pool. Limits them to an eighth of the pool, unless the user has set a
 * limit.
 */
static void
limit_caches(size_t pool_size)
{
	static const char property[] = "tcmalloc.max_total_thread_cache_bytes";
	size_t limit;

	if (secure_getenv("TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES") == NULL &&
		tc.get_property(property, &limit) && limit > pool_size / 8)
		tc.set_property(property, pool_size / 8);
}

static int
init(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	const char *missing = find_functions(self);
	char text[160];

	if (missing != NULL) {
		snprintf(text, sizeof(text),
			"tcmalloc: its library has no function %s", missing);
		host->fatal(text);
	}
	*(void **)(void *)&tc.nallocx = vmm_library_find("tc_nallocx");
	if (tc.nallocx != NULL)
		self->good_size = good_size;
	if (!vmm_tcmalloc_is_in_pool())
		host->fatal("tcmalloc: it has taken memory outside the pool, "
			    "because the program links libtcmalloc itself or "
			    "runs under valgrind, the library was built with "
			    "hidden symbols, or TCMALLOC_MEMFS_MALLOC_PATH is "
			    "set; use another backend, or unset the variable");
	vmm_tcmalloc_stop_release();
	vmm_tcmalloc_drop_messages();
	limit_caches(host->pool_size);
	return 0;
}

static const char *
library_version(void)
{
	static char version[32];
	const char *patch = "";
	int major, minor;

	if (version[0] == '\0' && tc.version != NULL) {
		tc.version(&major, &minor, &patch);
		snprintf(version, sizeof(version), "%d.%d%s", major, minor,
			patch);
	}
	return version;
}

static size_t
get_property(const char *name)
{
	size_t value = 0;

	return tc.get_property(name, &value) ? value : 0;
}

static int
stats(struct vmmalloc_backend_stats *stats)
{
	size_t heap = get_property("generic.heap_size");
	size_t free_bytes = get_property("tcmalloc.pageheap_free_bytes") +
		get_property("tcmalloc.pageheap_unmapped_bytes");
	size_t total = get_property("generic.total_physical_bytes");

	if (stats->struct_size < sizeof(*stats))
		return -1;
	stats->allocated = get_property("generic.current_allocated_bytes");
	stats->active = heap > free_bytes ? heap - free_bytes : 0;
	/* total is the heap without what is unmapped, plus the metadata */
	total += get_property("tcmalloc.pageheap_unmapped_bytes");
	stats->metadata = total > heap ? total - heap : 0;
	return 0;
}

/* The numeric properties of MallocExtension, each a size_t. */
static int
ctl(const char *name, void *oldp, size_t *oldlenp, void *newp, size_t newlen)
{
	size_t value;

	if (!tc.get_property(name, &value))
		return ENOENT;
	if ((newp != NULL && newlen != sizeof(value)) ||
		(oldp != NULL &&
			(oldlenp == NULL || *oldlenp != sizeof(value))))
		return EINVAL;
	if (oldp != NULL)
		memcpy(oldp, &value, sizeof(value));
	if (newp == NULL)
		return 0;
	memcpy(&value, newp, sizeof(value));
	return tc.set_property(name, value) ? 0 : EPERM;
}

/*
 * The malloc family below is libvmmalloc's own: placeholders, which init
 * replaces by tcmalloc's functions. There is no purge: tcmalloc does not ask
 * before it touches free pages again. free_sized is not set, so that free is
 * called: tc_free_sized takes the size for more than a hint, and the block's
 * alignment is not known here. tcmalloc has fork handlers of its own
 * (pthread_atfork).
 */
__attribute__((visibility("default")))
const struct vmmalloc_backend vmmalloc_backend = {
	.struct_size = sizeof(vmmalloc_backend),
	.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
	.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
	.name = "tcmalloc",
	.version = PACKAGE_VERSION,
	.init = init,
	.malloc = malloc,
	.free = free,
	.calloc = allocate_zeroed,
	.realloc = realloc,
	.memalign = memalign,
	.usable_size = malloc_usable_size,
	.library_version = library_version,
	.stats = stats,
	.ctl = ctl,
};
