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
#include "core/host.h"
#include "base/log.h"
#include "os/output.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA 1

/* Names and versions are the plugin's, and of any length. */
#define WORD_MAX 256

static const struct vmm_config *config;
static const struct vmmalloc_backend *backend;

void
vmm_stats_init(const struct vmm_config *the_config,
	const struct vmmalloc_backend *the_backend)
{
	config = the_config;
	backend = the_backend;
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

/* Copies s as the inside of a JSON string. */
static void
escape(const char *s, char *to, size_t size)
{
	size_t used = 0;

	for (; *s != '\0' && used + 7 < size; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20)
			used += vmm_format(to + used, size - used, "\\u00%x%x",
				c >> 4, c & 15);
		else if (c == '"' || c == '\\')
			used += vmm_format(to + used, size - used, "\\%c", c);
		else
			to[used++] = (char)c;
	}
	to[used] = '\0';
}

/* The file's name, with %p replaced by the process ID. */
static void
expand_name(char *name, size_t size)
{
	const char *from = config->stats_file;
	const char *mark = strstr(from, "%p");
	static char head[PATH_MAX];

	if (mark == NULL) {
		vmm_format(name, size, "%s", from);
		return;
	}
	memcpy(head, from, (size_t)(mark - from));
	head[mark - from] = '\0';
	vmm_format(name, size, "%s%d%s", head, (int)getpid(), mark + 2);
}

static size_t
format_report(char *text, size_t size)
{
	struct vmmalloc_backend_stats heap = { .struct_size = sizeof(heap) };
	struct vmm_host_stats pool;
	static char dir[PATH_MAX], path[PATH_MAX];
	static char name[WORD_MAX], version[WORD_MAX], library[WORD_MAX];
	size_t n;

	vmm_host_get_stats(&pool);
	escape(config->pool_dir, dir, sizeof(dir));
	escape(config->backend_path, path, sizeof(path));
	escape(backend->name, name, sizeof(name));
	escape(backend->version, version, sizeof(version));
	escape(vmm_stats_library_version(), library, sizeof(library));
	n = vmm_format(text, size,
		"{\"schema\": %d, \"version\": \"%s\", \"pid\": %d,\n"
		" \"config\": {\"pool_dir\": \"%s\", \"pool_size\": %zu, "
		"\"fork\": %d, \"prealloc\": %s, \"huge_pages\": %s, "
		"\"backend\": \"%s\", \"backend_path\": \"%s\"},\n"
		" \"backend\": {\"name\": \"%s\", \"version\": \"%s\", "
		"\"library_version\": \"%s\", \"abi\": \"%d.%d\"",
		SCHEMA, PACKAGE_VERSION, (int)getpid(), dir, pool.pool_size,
		(int)config->fork_mode,
		config->must_prealloc ? "true" : "false",
		config->may_use_huge_pages ? "true" : "false", config->backend,
		path, name, version, library, (int)backend->abi_major,
		(int)backend->abi_minor);
	if (backend->stats(&heap) == 0)
		n += vmm_format(text + n, size - n,
			", \"allocated\": %zu, \"active\": %zu, "
			"\"metadata\": %zu",
			(size_t)heap.allocated, (size_t)heap.active,
			(size_t)heap.metadata);
	n += vmm_format(text + n, size - n,
		"},\n"
		" \"pool\": {\"reserved\": %zu, \"committed\": %zu, "
		"\"committed_peak\": %zu, \"purged\": %zu, \"free\": %zu, "
		"\"idle\": %zu, \"ahead\": %zu, "
		"\"commit_calls\": %zu, \"purge_calls\": %zu, "
		"\"bootstrap\": %zu},\n"
		" \"forks\": %lu}\n",
		pool.pool_size, pool.committed, pool.committed_peak,
		pool.purged, pool.free, pool.idle, pool.ahead,
		pool.commit_calls, pool.purge_calls, vmm_bootstrap_bytes(),
		vmm_fork_count());
	VMM_ASSERT(n < size);
	return n;
}

__attribute__((destructor)) static void
write_report(void)
{
	/* a thread with a small stack may call exit() */
	static char name[PATH_MAX + 16];
	static char text[3 * PATH_MAX];
	size_t n;
	int fd;

	if (config == NULL || config->stats_file[0] == '\0')
		return;
	n = format_report(text, sizeof(text));
	expand_name(name, sizeof(name));
	/* a FIFO that nobody reads must not keep the process from ending */
	fd = vmm_os_output_open(name, O_NONBLOCK);
	if (fd < 0) {
		VMM_LOG_ERRNO("open of %s %s", VMMALLOC_STATS_FILE_VAR, name);
		return;
	}
	if (write(fd, text, n) != (ssize_t)n)
		VMM_LOG_ERRNO("write of %s %s", VMMALLOC_STATS_FILE_VAR, name);
	close(fd);
}
