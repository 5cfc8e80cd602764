/* SPDX-License-Identifier: BSD-3-Clause */
/* libvmmalloc.h, in a program into which the library is already loaded. */
#include "test.h"

#include "libvmmalloc.h"

#include <stddef.h>

#pragma weak vmmalloc_check_version
#pragma weak vmmalloc_get_stats
#pragma weak vmmalloc_ctl

static const char *backend;

static void
versions(void)
{
	unsigned int major = VMMALLOC_MAJOR_VERSION;
	unsigned int minor = VMMALLOC_MINOR_VERSION;

	CHECK(vmmalloc_check_version(major, minor) == NULL);
	CHECK(vmmalloc_check_version(major, 0) == NULL);
	CHECK(strstr(vmmalloc_check_version(major, minor + 1), "minor"));
	CHECK(strstr(vmmalloc_check_version(major + 1, 0), "major"));
	CHECK(strstr(vmmalloc_check_version(0, 0), "major"));
}

static void
statistics(void)
{
	struct vmmalloc_stats before = { .struct_size = sizeof(before) };
	struct vmmalloc_stats after = { .struct_size = sizeof(after) };
	void *p;

	CHECK(vmmalloc_get_stats(&before) == 0);
	p = malloc(40 * MIB);
	CHECK(p != NULL);
	test_fill(p, 40 * MIB, 1);
	CHECK(vmmalloc_get_stats(&after) == 0);
	CHECK(after.struct_size == sizeof(after));
	CHECK(after.forks == 0);
	CHECK(after.pool_size == vmmalloc_host_get()->pool_size);
	CHECK(after.committed >= 40 * MIB);
	CHECK(after.committed <= after.committed_peak);
	CHECK(after.committed_peak <= after.pool_size);
	CHECK(after.free < before.free);
	CHECK(after.commit_calls > before.commit_calls);
	CHECK(after.bootstrap < after.pool_size / 8);
	CHECK(after.allocated == UINT64_MAX ||
		after.allocated >= before.allocated + 40 * MIB);
	free(p);
}

/* A program may be built with a smaller or larger struct. */
static void
sized_statistics(void)
{
	struct {
		struct vmmalloc_stats stats;
		uint64_t more;
	} s;
	size_t small = offsetof(struct vmmalloc_stats, committed);

	memset(&s, 0xa5, sizeof(s));
	s.stats.struct_size = (uint32_t)small;
	CHECK(vmmalloc_get_stats(&s.stats) == 0);
	CHECK(s.stats.struct_size == small);
	CHECK(s.stats.pool_size == vmmalloc_host_get()->pool_size);
	CHECK(s.stats.committed == UINT64_C(0xa5a5a5a5a5a5a5a5));

	s.stats.struct_size = sizeof(s);
	CHECK(vmmalloc_get_stats(&s.stats) == 0);
	CHECK(s.stats.committed < s.stats.pool_size);
	CHECK(s.more == UINT64_C(0xa5a5a5a5a5a5a5a5));

	for (uint32_t size = 0; size < sizeof(uint32_t); size++) {
		s.stats.struct_size = size;
		errno = 0;
		CHECK(vmmalloc_get_stats(&s.stats) == -1);
		CHECK(errno == EINVAL);
	}
}

static void
core_texts(void)
{
	static const char *const names[] = { "vmmalloc.version",
		"vmmalloc.backend", "vmmalloc.backend_version",
		"vmmalloc.library_version" };
	const char *text;
	size_t size;

	for (unsigned int i = 0; i < 4; i++) {
		text = NULL;
		size = sizeof(text);
		CHECK(vmmalloc_ctl(names[i], &text, &size, NULL, 0) == 0);
		CHECK(size == sizeof(text));
		CHECK(text != NULL);
		/* native adapts no library */
		CHECK(*text != '\0' || i == 3);
		if (i == 0)
			CHECK(strcmp(text, PACKAGE_VERSION) == 0);
		if (i == 1)
			CHECK(strcmp(text, backend) == 0);
		CHECK(vmmalloc_ctl(names[i], NULL, NULL, &text, size) == EPERM);
	}
}

static void
core_numbers(void)
{
	static const struct {
		const char *name;
		size_t offset;
	} numbers[] = {
		{ "pool_size", offsetof(struct vmmalloc_stats, pool_size) },
		{ "committed", offsetof(struct vmmalloc_stats, committed) },
		{ "committed_peak",
			offsetof(struct vmmalloc_stats, committed_peak) },
		{ "purged", offsetof(struct vmmalloc_stats, purged) },
		{ "free", offsetof(struct vmmalloc_stats, free) },
		{ "bootstrap", offsetof(struct vmmalloc_stats, bootstrap) },
		{ "allocated", offsetof(struct vmmalloc_stats, allocated) },
		{ "commit_calls",
			offsetof(struct vmmalloc_stats, commit_calls) },
		{ "purge_calls", offsetof(struct vmmalloc_stats, purge_calls) },
	};
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	CHECK(vmmalloc_get_stats(&stats) == 0);
	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]);
		i++) {
		uint64_t value = 0, expected;
		uint32_t half;
		char name[64];
		size_t size = sizeof(value);

		snprintf(name, sizeof(name), "vmmalloc.%s", numbers[i].name);
		CHECK(vmmalloc_ctl(name, &value, &size, NULL, 0) == 0);
		memcpy(&expected, (const char *)&stats + numbers[i].offset,
			sizeof(expected));
		CHECK(value == expected);
		CHECK(vmmalloc_ctl(name, NULL, NULL, NULL, 0) == 0);
		CHECK(vmmalloc_ctl(name, NULL, NULL, &value, size) == EPERM);
		size = sizeof(half);
		CHECK(vmmalloc_ctl(name, &half, &size, NULL, 0) == EINVAL);
		CHECK(size == sizeof(half));
	}
}

static void
core_purge(void)
{
	struct vmmalloc_stats before = { .struct_size = sizeof(before) };
	struct vmmalloc_stats after = { .struct_size = sizeof(after) };
	bool was_any = false;
	size_t size = sizeof(was_any);
	void *p = malloc(40 * MIB);

	CHECK(p != NULL);
	test_fill(p, 40 * MIB, 1);
	free(p);
	CHECK(vmmalloc_get_stats(&before) == 0);
	CHECK(vmmalloc_ctl("vmmalloc.purge", &was_any, &size, NULL, 0) == 0);
	CHECK(vmmalloc_get_stats(&after) == 0);
	CHECK(was_any == (after.committed < before.committed));
	CHECK(was_any || strcmp(backend, "tcmalloc") == 0);
}

static void
unknown_names(void)
{
	uint64_t value;
	size_t size = sizeof(value);

	CHECK(vmmalloc_ctl("vmmalloc.nothing", &value, &size, NULL, 0) ==
		ENOENT);
	CHECK(vmmalloc_ctl("vmmalloc.", &value, &size, NULL, 0) == ENOENT);
	CHECK(vmmalloc_ctl("no.such.name", &value, &size, NULL, 0) == ENOENT);
	CHECK(vmmalloc_ctl("", &value, &size, NULL, 0) == ENOENT);
}

/* Names that belong to the backend's library, not to libvmmalloc. */
static void
pass_through(void)
{
	size_t value = 0, size = sizeof(value);
	void *p = malloc(MIB);

	CHECK(p != NULL);
	if (strcmp(backend, "jemalloc") == 0) {
		const char *version = NULL;
		size_t length = sizeof(version);
		uint64_t epoch = 1;

		CHECK(vmmalloc_ctl("version", &version, &length, NULL, 0) == 0);
		CHECK(version != NULL && *version >= '3');
		CHECK(vmmalloc_ctl(
			      "epoch", NULL, NULL, &epoch, sizeof(epoch)) == 0);
		CHECK(vmmalloc_ctl("stats.allocated", &value, &size, NULL, 0) ==
			0);
		CHECK(value >= MIB);
		CHECK(vmmalloc_ctl("version", NULL, NULL, &version, length) ==
			EPERM);
	} else if (strcmp(backend, "tcmalloc") == 0) {
		CHECK(vmmalloc_ctl("generic.current_allocated_bytes", &value,
			      &size, NULL, 0) == 0);
		CHECK(value >= MIB);
		CHECK(vmmalloc_ctl("tcmalloc.max_total_thread_cache_bytes",
			      &value, &size, NULL, 0) == 0);
		value /= 2;
		CHECK(vmmalloc_ctl("tcmalloc.max_total_thread_cache_bytes",
			      NULL, NULL, &value, sizeof(value)) == 0);
	}
	free(p);
}

int
main(void)
{
	CHECK(vmmalloc_host_get != NULL);
	backend = getenv("VMMALLOC_BACKEND");
	CHECK(backend != NULL);
	versions();
	statistics();
	sized_statistics();
	core_texts();
	core_numbers();
	core_purge();
	unknown_names();
	pass_through();
	return 0;
}
