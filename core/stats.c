/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One JSON object about the pool, written at exit; see stats.h. No allocation
 * here. A process that is terminated by a signal, or that calls _exit or exec,
 * writes none.
 */
#include "config.h"

#include "core/stats.h"

#include "core/bootstrap.h"
#include "core/env.h"
#include "core/fork.h"
#include "base/format.h"
#include "base/hot.h"
#include "base/json.h"
#include "core/host.h"
#include "base/log.h"
#include "core/output.h"

#include <string.h>
#include <unistd.h>

#define SCHEMA 1

static const struct vmm_config *config VMM_HOT_DATA;
static const struct vmmalloc_backend *backend VMM_HOT_DATA;
static bool wants_report VMM_HOT_DATA;

void
vmm_stats_init(const struct vmm_config *the_config,
	const struct vmmalloc_backend *the_backend)
{
	config = the_config;
	backend = the_backend;
	wants_report = config->stats_file[0] != '\0';
}

void
vmm_stats_get(struct vmmalloc_stats *stats)
{
	struct vmmalloc_backend_stats heap = { .struct_size = sizeof(heap) };
	struct vmm_host_stats pool;

	*stats = (struct vmmalloc_stats){
		.struct_size = sizeof(*stats),
		.allocated = UINT64_MAX,
	};
	if (backend == NULL)
		return;
	vmm_host_get_stats(&pool);
	stats->forks = (uint32_t)vmm_fork_count();
	stats->pool_size = pool.pool_size;
	stats->committed = pool.committed;
	stats->committed_peak = pool.committed_peak;
	stats->purged = pool.purged;
	stats->free = pool.free;
	stats->bootstrap = vmm_bootstrap_bytes();
	stats->commit_calls = pool.commit_calls;
	stats->purge_calls = pool.purge_calls;
	if (backend->stats(&heap) == 0)
		stats->allocated = heap.allocated;
}

uint64_t
vmm_stats_allocated(void)
{
	struct vmmalloc_backend_stats heap = { .struct_size = sizeof(heap) };

	if (backend == NULL || backend->stats(&heap) != 0)
		return UINT64_MAX;
	return heap.allocated;
}

size_t
vmm_stats_idle(void)
{
	struct vmm_host_stats pool;

	if (backend == NULL)
		return 0;
	vmm_host_get_stats(&pool);
	return pool.idle;
}

const struct vmmalloc_backend *
vmm_stats_heap(void)
{
	return backend;
}

const char *
vmm_stats_backend(void)
{
	return backend != NULL ? backend->name : "none";
}

const char *
vmm_stats_library_version(void)
{
	const char *version = backend->library_version();

	return version[0] != '\0' ? version : backend->version;
}

bool
vmm_stats_trim(void)
{
	bool was_any;

	if (backend == NULL)
		return false;
	was_any = backend->purge();
	return vmm_host_trim(1) || was_any;
}

/* Names and versions are the plugin's, and of any length. */
static void
add_word(struct vmm_json *json, const char *name, const char *value)
{
	char word[256];

	vmm_format(word, sizeof(word), "%s", value);
	vmm_json_string(json, name, word);
}

static void
add_backend(struct vmm_json *json, bool with_heap)
{
	struct vmmalloc_backend_stats heap = { .struct_size = sizeof(heap) };
	char abi[16];

	vmm_format(abi, sizeof(abi), "%d.%d", (int)backend->abi_major,
		(int)backend->abi_minor);
	vmm_json_open(json, "backend");
	add_word(json, "name", backend->name);
	add_word(json, "version", backend->version);
	add_word(json, "library_version", vmm_stats_library_version());
	vmm_json_string(json, "abi", abi);
	if (with_heap && backend->stats(&heap) == 0) {
		vmm_json_number(json, "allocated", heap.allocated);
		vmm_json_number(json, "active", heap.active);
		vmm_json_number(json, "metadata", heap.metadata);
	}
	vmm_json_close(json);
}

static void
add_pool(struct vmm_json *json, const struct vmm_host_stats *pool)
{
	vmm_json_open(json, "pool");
	vmm_json_number(json, "reserved", pool->pool_size);
	vmm_json_number(json, "committed", pool->committed);
	vmm_json_number(json, "committed_peak", pool->committed_peak);
	vmm_json_number(json, "purged", pool->purged);
	vmm_json_number(json, "free", pool->free);
	vmm_json_number(json, "idle", pool->idle);
	vmm_json_number(json, "ahead", pool->ahead);
	vmm_json_number(json, "commit_calls", pool->commit_calls);
	vmm_json_number(json, "purge_calls", pool->purge_calls);
	vmm_json_number(json, "bootstrap", vmm_bootstrap_bytes());
	vmm_json_close(json);
}

/* The places, if there are several. */
static void
add_places(struct vmm_json *json, const struct vmm_host_stats *pool)
{
	if (pool->n_parts == 1)
		return;
	vmm_json_open_list(json, "places");
	for (unsigned int i = 0; i < pool->n_parts; i++) {
		const struct vmm_host_part_stats *part = &pool->part[i];

		vmm_json_open(json, NULL);
		vmm_json_string(json, "place", part->place);
		vmm_json_number(json, "reserved", part->size);
		vmm_json_number(json, "committed", part->committed);
		vmm_json_number(json, "committed_peak", part->committed_peak);
		vmm_json_number(json, "free", part->free);
		vmm_json_number(json, "spills", part->spills);
		vmm_json_close(json);
	}
	vmm_json_close_list(json);
}

size_t
vmm_stats_format(char *text, size_t size, bool with_heap)
{
	struct vmm_host_stats pool;
	struct vmm_json json;

	vmm_host_get_stats(&pool);
	vmm_json_init(&json, text, size);
	vmm_json_open(&json, NULL);
	vmm_json_number(&json, "schema", SCHEMA);
	vmm_json_string(&json, "version", PACKAGE_VERSION);
	vmm_json_number(&json, "pid", (uint64_t)getpid());
	vmm_json_open(&json, "config");
	vmm_env_report(config, &json);
	vmm_json_close(&json);
	add_backend(&json, with_heap);
	add_pool(&json, &pool);
	add_places(&json, &pool);
	vmm_json_number(&json, "forks", vmm_fork_count());
	vmm_json_close(&json);
	VMM_ASSERT(!json.is_cut);
	return json.used;
}

VMM_HOT_CODE __attribute__((destructor)) static void
write_report(void)
{
	/* a thread with a small stack may call exit() */
	static char name[PATH_MAX + 16];
	static char text[VMM_STATS_REPORT_MAX];
	size_t n;
	int fd;

	if (!wants_report)
		return;
	n = vmm_stats_format(text, sizeof(text), true);
	vmm_output_name(name, sizeof(name), config->stats_file);
	fd = vmm_output_open(name, VMMALLOC_STATS_FILE_VAR);
	if (fd < 0)
		return;
	if (write(fd, text, n) != (ssize_t)n)
		VMM_LOG_ERRNO("write of %s %s", VMMALLOC_STATS_FILE_VAR, name);
	close(fd);
}
