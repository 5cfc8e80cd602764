/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of a backend's table; see plugin_table.h. No allocation here. */
#include "config.h"

#include "core/plugin_table.h"

#include "base/format.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define SLOT(member)                                               \
	{                                                          \
		offsetof(struct vmmalloc_backend, member), #member \
	}

/* Slots are compared as bytes: they have different function types. */
static const struct slot {
	size_t offset;
	const char *name;
} mandatory[] = {
	SLOT(name),
	SLOT(version),
	SLOT(init),
	SLOT(malloc),
	SLOT(free),
	SLOT(calloc),
	SLOT(realloc),
	SLOT(memalign),
	SLOT(usable_size),
};

/* The slots that a program's calls go to. */
static const struct slot called[] = {
	SLOT(malloc),
	SLOT(free),
	SLOT(calloc),
	SLOT(realloc),
	SLOT(memalign),
	SLOT(usable_size),
	SLOT(free_sized),
	SLOT(good_size),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void *
slot_value(const struct vmmalloc_backend *backend, const struct slot *slot)
{
	void *value;

	memcpy(&value, (const char *)backend + slot->offset, sizeof(value));
	return value;
}

static const char *
no_library_version(void)
{
	return "";
}

static void
no_thread_exit(void *arg)
{
	(void)arg;
}

static void
no_fork(void)
{
}

static bool
no_purge(void)
{
	return false;
}

static int
no_stats(struct vmmalloc_backend_stats *stats)
{
	(void)stats;
	return -1;
}

static int
no_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp, size_t newlen)
{
	(void)name;
	(void)oldp;
	(void)oldlenp;
	(void)newp;
	(void)newlen;
	return ENOENT;
}

#define FILL(slot, function)                        \
	do {                                        \
		if (backend->slot == NULL)          \
			backend->slot = (function); \
	} while (0)

static void
fill_optional(struct vmmalloc_backend *backend)
{
	FILL(library_version, no_library_version);
	FILL(thread_exit, no_thread_exit);
	FILL(fork_prepare, no_fork);
	FILL(fork_parent, no_fork);
	FILL(fork_child, no_fork);
	FILL(purge, no_purge);
	FILL(stats, no_stats);
	FILL(ctl, no_ctl);
	/* none of these three is of use without the others */
	if (backend->thread_reserve == NULL ||
		backend->thread_unreserve == NULL ||
		backend->thread_start == NULL) {
		backend->thread_reserve = NULL;
		backend->thread_unreserve = NULL;
		backend->thread_start = NULL;
	}
}

int
vmm_plugin_read_table(struct vmmalloc_backend *to,
	const struct vmmalloc_backend *from, char *why, size_t size)
{
	size_t n = from->struct_size;
	size_t missing = 0;

	if (from->abi_major != VMMALLOC_BACKEND_ABI_MAJOR) {
		vmm_format(why, size,
			"its ABI is %u.%u, this library's is %d.%d",
			from->abi_major, from->abi_minor,
			VMMALLOC_BACKEND_ABI_MAJOR, VMMALLOC_BACKEND_ABI_MINOR);
		return -1;
	}
	if (n < offsetof(struct vmmalloc_backend, name)) {
		vmm_format(why, size, "its table has only %zu bytes", n);
		return -1;
	}
	memset(to, 0, sizeof(*to));
	memcpy(to, from, n < sizeof(*to) ? n : sizeof(*to));
	for (size_t i = 0; i < COUNT(mandatory); i++) {
		size_t used;

		if (slot_value(to, &mandatory[i]) != NULL)
			continue;
		if (missing++ == 0)
			vmm_format(why, size, "missing in its table:");
		used = strlen(why);
		vmm_format(why + used, size - used, " %s", mandatory[i].name);
	}
	if (missing > 0)
		return -1;
	fill_optional(to);
	return 0;
}

int
vmm_plugin_check_origin(
	const struct vmmalloc_backend *backend, char *why, size_t size)
{
	Dl_info ours, slot;

	if (dladdr((void *)vmm_plugin_check_origin, &ours) == 0)
		return 0;
	for (size_t i = 0; i < COUNT(called); i++) {
		void *value = slot_value(backend, &called[i]);

		if (value != NULL && dladdr(value, &slot) != 0 &&
			slot.dli_fbase == ours.dli_fbase) {
			vmm_format(why, size,
				"its %s is libvmmalloc's own: endless "
				"recursion",
				called[i].name);
			return -1;
		}
	}
	return 0;
}
