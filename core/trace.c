/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The log of the debug variant; see log.h. Lines are written whole, with one
 * write each. No allocation here.
 */
#include "config.h"

#include "core/env.h"
#include "base/format.h"
#include "base/log.h"
#include "core/stats.h"
#include "libvmmalloc.h"
#include "os/file.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int vmm_log_level;

static int log_fd = STDERR_FILENO;
static struct vmm_os_file log_id = { .fd = -1 };
static struct log_config {
	VMM_ENV_DEBUG(VMM_ENV_FIELD)
	char text[PATH_MAX];
} log_config;

#define ROW(id, field, type, min, max, fallback, meaning) \
	VMM_ENV_ROW(struct log_config, id, field, type, min, max, fallback),
static const struct vmm_env_var vars[] = { VMM_ENV_DEBUG(ROW) };

/* The name of this process's log; name has room for a process ID. */
static void
name_log(char *name, size_t size)
{
	if (log_config.file[strlen(log_config.file) - 1] == '-')
		vmm_format(name, size, "%s%d", log_config.file, (int)getpid());
	else
		vmm_format(name, size, "%s", log_config.file);
}

static int
open_log(char *name)
{
	log_fd = vmm_os_log_open(name);
	return log_fd < 0 ? -1 : vmm_os_file_describe(&log_id, log_fd);
}

void
vmm_log_init(void)
{
	char name[PATH_MAX + 16];

	vmm_env_read_vars(vars, sizeof(vars) / sizeof(vars[0]), &log_config,
		log_config.text);
	if (log_config.file[0] != '\0') {
		name_log(name, sizeof(name));
		if (open_log(name) != 0)
			vmm_fatal("%s=%.300s: %s", VMMALLOC_LOG_FILE_VAR, name,
				vmm_os_strerror(errno));
	}
	vmm_log_level = log_config.level;
	VMM_LOG(1, "pid %d: version %s", (int)getpid(), PACKAGE_VERSION);
}

/* A program may have closed our descriptor, and opened another file on it. */
static bool
is_log_open(void)
{
	return log_fd == STDERR_FILENO || vmm_os_file_is_open(&log_id);
}

void
vmm_log_fork_child(void)
{
	size_t n = strlen(log_config.file);
	char name[PATH_MAX + 16];

	if (n > 0 && log_config.file[n - 1] == '-') {
		vmm_os_file_close(&log_id);
		name_log(name, sizeof(name));
		(void)open_log(name);
	}
	VMM_LOG(1, "pid %d: forked", (int)getpid());
}

/*
 * Writes a text that needs n bytes, in a buffer of size bytes; cuts what does
 * not fit.
 */
static void
write_line(char *text, size_t n, size_t size)
{
	if (n > size - 1)
		n = size - 1;
	text[n++] = '\n';
	if (is_log_open())
		vmm_os_log_write(log_fd, text, n);
}

static size_t
format_head(char *text, size_t size, int level, const char *file, int line,
	const char *function)
{
	const char *slash = strrchr(file, '/');

	return vmm_format(text, size, "<libvmmalloc>: <%d> [%s:%d %s] ", level,
		slash != NULL ? slash + 1 : file, line, function);
}

void
vmm_log(int level, const char *file, int line, const char *function,
	const char *fmt, ...)
{
	int err = errno;
	char text[1024];
	va_list ap;
	size_t n;

	n = format_head(text, sizeof(text), level, file, line, function);
	va_start(ap, fmt);
	n += vmm_format_va(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	write_line(text, n, sizeof(text));
	errno = err;
}

void
vmm_log_errno(
	const char *file, int line, const char *function, const char *fmt, ...)
{
	int err = errno;
	char call[512];
	va_list ap;

	va_start(ap, fmt);
	vmm_format_va(call, sizeof(call), fmt, ap);
	va_end(ap);
	vmm_log(1, file, line, function, "%s: %s", call, vmm_os_strerror(err));
	errno = err;
}

void
vmm_log_copy(const char *line, size_t n)
{
	if (log_fd != STDERR_FILENO && is_log_open())
		vmm_os_log_write(log_fd, line, n);
}

__attribute__((destructor)) static void
log_stats(void)
{
	struct vmmalloc_stats s;

	if (!log_config.wants_stats)
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
