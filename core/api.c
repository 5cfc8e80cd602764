/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of libvmmalloc.h. No allocation here. */
#include "config.h"

#include "base/visible.h"
#include "core/profile_file.h"
#include "core/stats.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <string.h>

#define PREFIX "vmmalloc."

VMM_EXPORT const char *
vmmalloc_check_version(unsigned int major_required, unsigned int minor_required)
{
	if (major_required != VMMALLOC_MAJOR_VERSION)
		return "libvmmalloc major version mismatch";
	if (minor_required > VMMALLOC_MINOR_VERSION)
		return "libvmmalloc minor version mismatch";
	return NULL;
}

VMM_EXPORT int
vmmalloc_get_stats(struct vmmalloc_stats *stats)
{
	struct vmmalloc_stats now;
	uint32_t size = stats->struct_size;

	if (size < sizeof(size) || vmm_stats_heap() == NULL) {
		errno = EINVAL;
		return -1;
	}
	vmm_stats_get(&now);
	now.struct_size = size;
	memcpy(stats, &now, size < sizeof(now) ? size : sizeof(now));
	return 0;
}

/* Copies a value of size bytes out, as mallctl does. */
static int
read_value(const void *value, size_t size, void *oldp, size_t *oldlenp)
{
	if (oldp == NULL || oldlenp == NULL)
		return 0;
	if (*oldlenp != size) {
		size_t n = *oldlenp < size ? *oldlenp : size;

		memcpy(oldp, value, n);
		*oldlenp = n;
		return EINVAL;
	}
	memcpy(oldp, value, size);
	return 0;
}

static const struct number {
	const char *name;
	size_t offset;
} numbers[] = {
#define NUMBER(field)                                          \
	{                                                      \
#field, offsetof(struct vmmalloc_stats, field) \
	}
	NUMBER(pool_size),
	NUMBER(committed),
	NUMBER(committed_peak),
	NUMBER(purged),
	NUMBER(free),
	NUMBER(bootstrap),
	NUMBER(allocated),
	NUMBER(commit_calls),
	NUMBER(purge_calls),
};

static int
read_number(const char *name, void *oldp, size_t *oldlenp)
{
	struct vmmalloc_stats stats;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		vmm_stats_get(&stats);
		return read_value((const char *)&stats + numbers[i].offset,
			sizeof(uint64_t), oldp, oldlenp);
	}
	return ENOENT;
}

static int
core_ctl(const char *name, void *oldp, size_t *oldlenp, const void *newp)
{
	const struct vmmalloc_backend *backend = vmm_stats_heap();
	const char *text;

	if (newp != NULL)
		return EPERM;
	if (strcmp(name, "purge") == 0) {
		bool was_any = vmm_stats_trim();

		return read_value(&was_any, sizeof(was_any), oldp, oldlenp);
	}
	if (strcmp(name, "profile_dump") == 0)
		return vmm_profile_dump() == 0 ? 0 : errno;
	if (strcmp(name, "version") == 0)
		text = PACKAGE_VERSION;
	else if (strcmp(name, "backend") == 0)
		text = backend->name;
	else if (strcmp(name, "backend_version") == 0)
		text = backend->version;
	else if (strcmp(name, "library_version") == 0)
		text = vmm_stats_library_version();
	else
		return read_number(name, oldp, oldlenp);
	return read_value(&text, sizeof(text), oldp, oldlenp);
}

VMM_EXPORT int
vmmalloc_ctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen)
{
	const struct vmmalloc_backend *backend = vmm_stats_heap();

	if (backend == NULL)
		return EAGAIN;
	if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) == 0)
		return core_ctl(name + sizeof(PREFIX) - 1, oldp, oldlenp, newp);
	return backend->ctl(name, oldp, oldlenp, newp, newlen);
}
