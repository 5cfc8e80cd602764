/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The allocators' own statistics and controls, through vmmalloc_ctl, reflect
 * the program's own allocations. Run under LD_PRELOAD as
 *
 *	ctl jemalloc		statistics
 *	ctl jemalloc FILE	a profile of adapter_ctl_holds
 *	ctl tcmalloc		properties
 *	ctl tcmalloc MIB	a heap that is limited to this size
 */
#include "config.h"

#include "libvmmalloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma weak vmmalloc_ctl
#pragma weak vmmalloc_get_stats

#define MIB ((size_t)1 << 20)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CHECK(condition)                                              \
	((condition) ? (void)0                                        \
		     : (fprintf(stderr, "line %d: not so: %s (%m)\n", \
				__LINE__, #condition),                \
			       _Exit(1)))

void *adapter_ctl_holds(size_t size);

/* A function that the profile must name. */
__attribute__((noinline)) void *
adapter_ctl_holds(size_t size)
{
	void *volatile ptr = malloc(size);

	CHECK(ptr != NULL);
	return ptr;
}

static uint64_t
get(const char *name)
{
	uint64_t value = 0;
	size_t size = sizeof(value);
	int err = vmmalloc_ctl(name, &value, &size, NULL, 0);

	if (err != 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(err));
		_Exit(1);
	}
	return value;
}

static void
run(const char *name)
{
	CHECK(vmmalloc_ctl(name, NULL, NULL, NULL, 0) == 0);
}

static uint64_t
get_now(const char *name)
{
	uint64_t epoch = 1;

	CHECK(vmmalloc_ctl("epoch", NULL, NULL, &epoch, sizeof(epoch)) == 0);
	return get(name);
}

static void
use_mallctl(void)
{
	static const char *const names[] = {
		"stats.active",
		"stats.metadata",
		"stats.resident",
		"stats.mapped",
		"stats.retained",
	};
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };
	ssize_t decay = 4711;
	size_t size = sizeof(decay);
	uint64_t before, thread_before;
	void *ptr;

	before = get_now("stats.allocated");
	thread_before = get("thread.allocated");
	ptr = adapter_ctl_holds(20 * MIB);
	CHECK(get("thread.allocated") >= thread_before + 20 * MIB);
	CHECK(get_now("stats.allocated") >= before + 20 * MIB);
	CHECK(vmmalloc_get_stats(&stats) == 0);
	CHECK(stats.allocated >= before + 20 * MIB);
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(get(names[i]) <= (uint64_t)1 << 40);
	CHECK(get("stats.active") >= get("stats.allocated"));
	free(ptr);
	run("thread.tcache.flush");
	CHECK(get_now("stats.allocated") < before + MIB);
	/* controls that change settings */
	CHECK(vmmalloc_ctl("arena.0.dirty_decay_ms", NULL, NULL, &decay,
		      sizeof(decay)) == 0);
	decay = 0;
	CHECK(vmmalloc_ctl("arena.0.dirty_decay_ms", &decay, &size, NULL, 0) ==
		0);
	CHECK(decay == 4711);
	run("arena.4096.purge"); /* MALLCTL_ARENAS_ALL */
	run("arena.0.decay");
}

static void
write_profile(const char *file)
{
	bool has_profiling = false;
	size_t size = sizeof(has_profiling);

	CHECK(vmmalloc_ctl("config.prof", &has_profiling, &size, NULL, 0) == 0);
	if (!has_profiling)
		_Exit(77);
	for (int i = 0; i < 1000; i++)
		adapter_ctl_holds(10000);
	CHECK(vmmalloc_ctl("prof.dump", NULL, NULL, &file, sizeof(file)) == 0);
}

/* All properties that gperftools 2.10 documents. */
static const char *const properties[] = {
	"generic.current_allocated_bytes",
	"generic.heap_size",
	"generic.total_physical_bytes",
	"tcmalloc.central_cache_free_bytes",
	"tcmalloc.current_total_thread_cache_bytes",
	"tcmalloc.max_total_thread_cache_bytes",
	"tcmalloc.pageheap_free_bytes",
	"tcmalloc.pageheap_unmapped_bytes",
	"tcmalloc.slack_bytes",
	"tcmalloc.thread_cache_free_bytes",
	"tcmalloc.transfer_cache_free_bytes",
};

static void
use_properties(void)
{
	static const char limit[] = "tcmalloc.max_total_thread_cache_bytes";
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };
	uint64_t before = get("generic.current_allocated_bytes");
	size_t value = 4 * MIB;
	uint32_t half;
	size_t size = sizeof(half);
	void *ptr = adapter_ctl_holds(20 * MIB);

	CHECK(get("generic.current_allocated_bytes") >= before + 20 * MIB);
	CHECK(vmmalloc_get_stats(&stats) == 0);
	CHECK(stats.allocated >= before + 20 * MIB);
	CHECK(get("generic.heap_size") >=
		get("generic.current_allocated_bytes"));
	CHECK(get("generic.heap_size") <= stats.pool_size);
	for (size_t i = 0; i < COUNT(properties); i++)
		CHECK(get(properties[i]) <= stats.pool_size);
	free(ptr);
	CHECK(get("tcmalloc.pageheap_free_bytes") >= 20 * MIB);
	/* no memory is ever returned with madvise */
	CHECK(get("tcmalloc.pageheap_unmapped_bytes") == 0);

	CHECK(vmmalloc_ctl(limit, NULL, NULL, &value, sizeof(value)) == 0);
	CHECK(get(limit) == value);
	CHECK(vmmalloc_ctl(limit, &half, &size, NULL, 0) == EINVAL);
	CHECK(vmmalloc_ctl("generic.heap_size", NULL, NULL, &value,
		      sizeof(value)) == EPERM);
	CHECK(vmmalloc_ctl("tcmalloc.nothing", &value, &size, NULL, 0) ==
		ENOENT);
}

static void
meet_limit(size_t limit)
{
	void *ptr = malloc(limit * MIB);

	CHECK(ptr == NULL && errno == ENOMEM);
	ptr = malloc(limit * MIB / 4);
	CHECK(ptr != NULL);
	free(ptr);
}

int
main(int argc, char **argv)
{
	if (vmmalloc_ctl == NULL) {
		puts("skipped: not under libvmmalloc");
		return 77;
	}
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "jemalloc") == 0) {
		if (argc > 2)
			write_profile(argv[2]);
		else
			use_mallctl();
	} else {
		if (argc > 2)
			meet_limit((size_t)atoi(argv[2]));
		else
			use_properties();
	}
	return 0;
}
