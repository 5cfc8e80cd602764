/* SPDX-License-Identifier: BSD-3-Clause */
/* The environment variables of libvmmalloc; see env.h. */
#include "config.h"

#include "core/env.h"

#include "base/format.h"
#include "base/log.h"
#include "os/process.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

/* How a value that may be of any length is printed. */
#define VALUE "%.300s"

/* Copies the value of the variable, or fallback if it is unset. */
static void
read_string(const char *name, const char *fallback, char *to, size_t size)
{
	const char *value = vmm_os_getenv(name);
	size_t n;

	if (value == NULL)
		value = fallback;
	n = strlen(value);
	if (n >= size)
		vmm_fatal(
			"%s value is too long (%zu bytes, at most %zu): " VALUE,
			name, n, size - 1, value);
	memcpy(to, value, n + 1);
}

void
vmm_env_read_path(const char *name, char *to, size_t size)
{
	char given[PATH_MAX];
	size_t n = 0;

	read_string(name, "", given, sizeof(given));
	if (given[0] != '/' && given[0] != '\0' && vmm_os_cwd(to, size) == 0) {
		n = strlen(to);
		to[n++] = '/';
	}
	if (vmm_format(to + n, size - n, "%s", given) >= size - n)
		vmm_fatal("%s value is too long with the current directory "
			  "before it (" VALUE ")",
			name, given);
}

/*
 * A relative entry would be another directory for each program that inherits
 * the variable, perhaps one in which others can put a plugin.
 */
static void
read_backend_path(char *to, size_t size)
{
	const char *entry = to;

	read_string(VMMALLOC_BACKEND_PATH_VAR, "", to, size);
	while (entry[0] == '/') {
		entry = strchr(entry, ':');
		if (entry == NULL)
			return;
		entry++;
	}
	if (to[0] != '\0')
		vmm_fatal("incorrect %s value (" VALUE
			  "): each directory must begin with /",
			VMMALLOC_BACKEND_PATH_VAR, to);
}

static size_t
read_pool_size(void)
{
	const char *text = vmm_os_getenv(VMMALLOC_POOL_SIZE_VAR);
	size_t size;

	if (text == NULL)
		vmm_fatal("environment variable %s not specified",
			VMMALLOC_POOL_SIZE_VAR);
	if (text[0] == '-')
		vmm_fatal("negative %s (" VALUE ")", VMMALLOC_POOL_SIZE_VAR,
			text);
	if (vmm_parse_size(text, &size) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): %s",
			VMMALLOC_POOL_SIZE_VAR, text,
			errno == ERANGE ? "too large"
					: "not a number of bytes, or a "
					  "number with K, M, G or T");
	if (size < VMMALLOC_MIN_POOL)
		vmm_fatal("%s value is less than minimum (%zu < %zu)",
			VMMALLOC_POOL_SIZE_VAR, size,
			(size_t)VMMALLOC_MIN_POOL);
	if (size > PTRDIFF_MAX)
		vmm_fatal("incorrect %s value (" VALUE "): too large",
			VMMALLOC_POOL_SIZE_VAR, text);
	return size;
}

static enum vmm_fork_mode
read_fork_mode(void)
{
	const char *text = vmm_os_getenv(VMMALLOC_FORK_VAR);
	int mode;

	if (text == NULL)
		return VMM_FORK_PRIVATE;
	if (vmm_parse_int(text, 0, 3, &mode) != 0)
		vmm_fatal("incorrect %s value (" VALUE ")", VMMALLOC_FORK_VAR,
			text);
	return (enum vmm_fork_mode)mode;
}

static bool
read_bool(const char *name, bool fallback)
{
	const char *text = vmm_os_getenv(name);
	int value = fallback;

	if (text != NULL && vmm_parse_int(text, 0, 1, &value) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): must be 0 or 1",
			name, text);
	return value != 0;
}

void
vmm_env_read(struct vmm_config *config)
{
	if (vmm_os_getenv(VMMALLOC_POOL_DIR_VAR) == NULL)
		vmm_fatal("environment variable %s not specified",
			VMMALLOC_POOL_DIR_VAR);
	vmm_env_read_path(VMMALLOC_POOL_DIR_VAR, config->pool_dir,
		sizeof(config->pool_dir));
	if (config->pool_dir[0] == '\0')
		vmm_fatal("environment variable %s is empty",
			VMMALLOC_POOL_DIR_VAR);
	config->pool_size = read_pool_size();
	config->fork_mode = read_fork_mode();
	config->fork_returns = read_bool(VMMALLOC_FORK_RETURN_VAR, false);
	read_string(VMMALLOC_BACKEND_VAR, VMM_DEFAULT_BACKEND, config->backend,
		sizeof(config->backend));
	if (!vmm_is_backend_name(config->backend))
		vmm_fatal("incorrect %s value (" VALUE
			  "): a name has only letters, "
			  "digits and dashes",
			VMMALLOC_BACKEND_VAR, config->backend);
	read_backend_path(config->backend_path, sizeof(config->backend_path));
	vmm_env_read_path(VMMALLOC_STATS_FILE_VAR, config->stats_file,
		sizeof(config->stats_file));
	config->must_prealloc = read_bool(VMMALLOC_PREALLOC_VAR, false);
	config->may_use_huge_pages = read_bool(VMMALLOC_HUGE_PAGES_VAR, true);
}
