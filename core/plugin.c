/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Loading a backend; see plugin.h. dlopen allocates, from the bootstrap region.
 */
#include "config.h"

#include "core/plugin.h"

#include "core/env.h"
#include "core/plugin_table.h"
#include "base/format.h"
#include "base/log.h"
#include "os/process.h"
#include "libvmmalloc.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".so"
#define DIRECTORIES_MAX (PATH_MAX + sizeof(VMM_BACKEND_DIR) + 1)

/* The directories to search, separated by colons: the user's, then our own. */
static void
join_directories(const struct vmm_config *config, char *directories)
{
	vmm_format(directories, DIRECTORIES_MAX, "%s%s%s", config->backend_path,
		config->backend_path[0] != '\0' ? ":" : "", VMM_BACKEND_DIR);
}

/* Removes the next directory from the list; NULL at its end. */
static char *
next_directory(char **list)
{
	char *directory = *list;
	char *colon;

	if (directory == NULL)
		return NULL;
	colon = strchr(directory, ':');
	if (colon != NULL)
		*colon++ = '\0';
	*list = colon;
	return directory;
}

/* Whether the text has the word, after a blank. */
static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *at = text;

	while ((at = strstr(at, word)) != NULL) {
		if (at > text && at[-1] == ' ' &&
			(at[n] == ' ' || at[n] == '\0'))
			return true;
		at++;
	}
	return false;
}

/* Adds the names of the backends in a directory to the text, unsorted. */
static void
list_backends(const char *directory, char *text, size_t size)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		char *end = entry->d_name + strlen(entry->d_name);
		size_t used = strlen(text);

		if (end - entry->d_name <= (ptrdiff_t)sizeof(SUFFIX) - 1)
			continue;
		end -= sizeof(SUFFIX) - 1;
		if (strcmp(end, SUFFIX) != 0)
			continue;
		*end = '\0';
		if (vmm_is_backend_name(entry->d_name) &&
			!has_word(text, entry->d_name))
			vmm_format(
				text + used, size - used, " %s", entry->d_name);
	}
	closedir(dir);
}

_Noreturn static void
fail(const struct vmm_config *config, const char *reason)
{
	char directories[DIRECTORIES_MAX];
	char searched[DIRECTORIES_MAX];
	char there[256] = "";
	char *list = directories;
	char *directory;

	join_directories(config, directories);
	memcpy(searched, directories, sizeof(searched));
	while ((directory = next_directory(&list)) != NULL)
		list_backends(directory, there, sizeof(there));
	vmm_fatal("cannot load the %s '%s': %.300s (searched %.500s; "
		  "there:%s)",
		VMMALLOC_BACKEND_VAR, config->backend, reason, searched,
		there[0] != '\0' ? there : " none");
}

/*
 * Writes the path of the plugin in the first directory that has it or, so that
 * one directory needs no search, in the last one.
 */
static void
find_file(const struct vmm_config *config, char *path, size_t size)
{
	char directories[DIRECTORIES_MAX];
	char *list = directories;
	char *directory;

	join_directories(config, directories);
	while ((directory = next_directory(&list)) != NULL) {
		size_t length = vmm_format(
			path, size, "%s/%s" SUFFIX, directory, config->backend);

		if (length < size && list != NULL && access(path, F_OK) == 0)
			return;
	}
}

/* Explains why dlopen failed for a file that exists. */
static const char *
explain_dlerror(const char *path)
{
	static const char not_found[] = ": cannot open shared object file: "
					"No such file or directory";
	const char *error = dlerror();
	size_t length = strlen(path);

	if (error == NULL)
		return "dlopen failed";
	/* what glibc says about a file for another machine */
	if (strncmp(error, path, length) == 0 &&
		strcmp(error + length, not_found) == 0)
		return "it is for another kind of machine";
	if (strstr(error, "static TLS") != NULL)
		return "no room for its thread-local storage; set "
		       "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=4096";
	return error;
}

void
vmm_plugin_load(
	const struct vmm_config *config, struct vmmalloc_backend *backend)
{
	char path[PATH_MAX];
	char why[256];
	const struct vmmalloc_backend *table;
	void *handle;

	find_file(config, path, sizeof(path));
	VMM_LOG(3, "dlopen of \"%s\"", path);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		fail(config,
			access(path, F_OK) != 0 ? "no such backend"
						: explain_dlerror(path));
	table = dlsym(handle, VMMALLOC_BACKEND_SYMBOL);
	if (table == NULL)
		fail(config, "it has no symbol " VMMALLOC_BACKEND_SYMBOL);
	if (vmm_plugin_read_table(backend, table, why, sizeof(why)) != 0)
		fail(config, why);
	if (config->pool_size < backend->min_pool)
		vmm_fatal("%s value is less than the backend %s needs "
			  "(%zu < %zu)",
			VMMALLOC_POOL_SIZE_VAR, config->backend,
			config->pool_size, (size_t)backend->min_pool);
	VMM_LOG(3, "backend %s %s, ABI %u.%u", backend->name, backend->version,
		backend->abi_major, backend->abi_minor);
}

void
vmm_plugin_start(const struct vmm_config *config,
	const struct vmmalloc_host *host, struct vmmalloc_backend *backend)
{
	struct vmmalloc_backend changed;
	char why[256];

	errno = 0;
	if (backend->init(host, backend) != 0) {
		vmm_format(why, sizeof(why), "its init failed: %s",
			vmm_os_strerror(errno));
		fail(config, why);
	}
	/* init may have cleared slots: apply the same rules to them again */
	changed = *backend;
	changed.struct_size = sizeof(changed);
	if (vmm_plugin_read_table(backend, &changed, why, sizeof(why)) != 0 ||
		vmm_plugin_check_origin(backend, why, sizeof(why)) != 0)
		fail(config, why);
	VMM_LOG(2, "backend %s started, library version %.300s", backend->name,
		backend->library_version());
}
