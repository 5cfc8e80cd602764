/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of the debug variant; see log.h. Lines are written whole, with one
 * write each. No allocation here.
 */
#include "config.h"

#include "core/env.h"
#include "base/format.h"
#include "core/log.h"
#include "os/file.h"
#include "os/process.h"
#include "core/stats.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int vmm_log_level;

static int log_fd = STDERR_FILENO;
static struct vmm_os_file log_id;
static char log_file[PATH_MAX]; /* as given */
static int wants_stats;

static void
open_log(void)
{
	char name[PATH_MAX + 16];
	size_t n = strlen(log_file);

	if (n == 0)
		return;
	if (log_file[n - 1] == '-')
		vmm_format(name, sizeof(name), "%s%d", log_file, (int)getpid());
	else
		vmm_format(name, sizeof(name), "%s", log_file);
	log_fd = vmm_os_log_open(name);
	if (log_fd < 0 || vmm_os_file_describe(&log_id, log_fd) != 0)
		vmm_fatal("cannot write %s %.300s: %s", VMMALLOC_LOG_FILE_VAR,
			name, vmm_os_strerror(errno));
}

void
vmm_log_init(void)
{
	const char *level = vmm_os_getenv(VMMALLOC_LOG_LEVEL_VAR);
	const char *file = vmm_os_getenv(VMMALLOC_LOG_FILE_VAR);
	const char *stats = vmm_os_getenv(VMMALLOC_LOG_STATS_VAR);

	if (file != NULL && strlen(file) >= sizeof(log_file))
		vmm_fatal("%s value is too long (%zu bytes, at most %zu): "
			  "%.300s",
			VMMALLOC_LOG_FILE_VAR, strlen(file),
			sizeof(log_file) - 1, file);
	if (file != NULL)
		memcpy(log_file, file, strlen(file) + 1);
	if (level != NULL && vmm_parse_int(level, 0, 4, &vmm_log_level) != 0)
		vmm_fatal("incorrect %s value (%.300s): 0 to 4 is",
			VMMALLOC_LOG_LEVEL_VAR, level);
	if (stats != NULL && vmm_parse_int(stats, 0, 1, &wants_stats) != 0)
		vmm_fatal("incorrect %s value (%.300s): 0 or 1 is",
			VMMALLOC_LOG_STATS_VAR, stats);
	open_log();
	VMM_LOG(1, "pid %d: version %s", (int)getpid(), PACKAGE_VERSION);
}

void
vmm_log_fork_child(void)
{
	size_t n = strlen(log_file);

	if (n > 0 && log_file[n - 1] == '-') {
		if (vmm_os_file_is_open(&log_id))
			close(log_fd);
		open_log();
		VMM_LOG(1, "pid %d: forked", (int)getpid());
	}
}

/* A program may have closed our descriptor, and opened another file on it. */
static int
usable_fd(void)
{
	if (log_fd == STDERR_FILENO || vmm_os_file_is_open(&log_id))
		return log_fd;
	return -1;
}

void
vmm_log(int level, const char *file, int line, const char *function,
	const char *fmt, ...)
{
	const char *slash = strrchr(file, '/');
	int err = errno;
	char text[1024];
	va_list ap;
	size_t n;

	n = vmm_format(text, sizeof(text), "<libvmmalloc>: <%d> [%s:%d %s] ",
		level, slash != NULL ? slash + 1 : file, line, function);
	va_start(ap, fmt);
	n += vmm_format_va(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	if (n > sizeof(text) - 1)
		n = sizeof(text) - 1;
	text[n++] = '\n';
	vmm_os_log_write(usable_fd(), text, n);
	errno = err;
}

__attribute__((destructor)) static void
log_stats(void)
{
	struct vmmalloc_stats s;

	if (!wants_stats)
		return;
	vmm_stats_get(&s);
	vmm_log(0, __FILE__, __LINE__, __func__,
		"pool %llu, committed %llu, peak %llu, purged %llu, free %llu, "
		"bootstrap %llu, forks %u",
		(unsigned long long)s.pool_size,
		(unsigned long long)s.committed,
		(unsigned long long)s.committed_peak,
		(unsigned long long)s.purged, (unsigned long long)s.free,
		(unsigned long long)s.bootstrap, s.forks);
	if (s.allocated != UINT64_MAX)
		vmm_log(0, __FILE__, __LINE__, __func__,
			"backend %s, allocated %llu", vmm_stats_backend(),
			(unsigned long long)s.allocated);
}
