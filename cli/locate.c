/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding the library and its plugins; see locate.h. */
#include "config.h"

#include "cli/locate.h"

#include "cli/cli.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY_VAR "VMMALLOC_LIBRARY"
#define SONAME "libvmmalloc.so.1"
#define BUILD_DIRECTORY ".libs"
#define DEBUG_DIRECTORY "debug"

/* The library of the build tree that this program runs from, or NULL. */
static char *
find_in_build(void)
{
	char *self = realpath("/proc/self/exe", NULL);
	char *library;
	char *slash;

	if (self == NULL)
		return NULL;
	slash = strrchr(self, '/');
	library = vmm_text(
		"%.*s/" BUILD_DIRECTORY "/" SONAME, (int)(slash - self), self);
	free(self);
	if (access(library, F_OK) == 0)
		return library;
	free(library);
	return NULL;
}

static char *
make_absolute(const char *path)
{
	char *here = getcwd(NULL, 0);
	char *whole = vmm_text("%s/%s", here != NULL ? here : "", path);

	free(here);
	return whole;
}

char *
vmm_locate_library(void)
{
	const char *wanted = getenv(LIBRARY_VAR);
	char *found = NULL;
	char *path;

	if (wanted == NULL || wanted[0] == '\0') {
		found = find_in_build();
		wanted = found != NULL ? found : VMM_LIBRARY;
	}
	/* Absolute, but symbolic links are kept: users know that path. */
	path = wanted[0] == '/' ? vmm_text("%s", wanted)
				: make_absolute(wanted);
	if (access(path, R_OK) != 0) {
		vmm_complain("cannot find the library %s: %s; install "
			     "libvmmalloc or set " LIBRARY_VAR,
			wanted, strerror(errno));
		free(path);
		path = NULL;
	} else if (strpbrk(path, ": \t\n") != NULL) {
		vmm_complain("cannot preload %s: LD_PRELOAD takes no path with "
			     "a colon or a space; move it or set " LIBRARY_VAR,
			path);
		free(path);
		path = NULL;
	}
	free(found);
	return path;
}

char *
vmm_locate_backend_path(const char *library)
{
	static const char build[] = "/" BUILD_DIRECTORY;
	static const char debug[] = "/" DEBUG_DIRECTORY;
	const char *users = getenv(VMMALLOC_BACKEND_PATH_VAR);
	const char *slash = strrchr(library, '/');
	size_t dir = (size_t)(slash - library);
	size_t tail = sizeof(build) - 1;
	const char *colon;

	if (users == NULL)
		users = "";
	colon = users[0] != '\0' ? ":" : "";
	if (dir < tail || memcmp(slash - tail, build, tail) != 0)
		return vmm_text("%s", users);
	dir -= tail;
	tail = sizeof(debug) - 1;
	if (dir < tail || memcmp(library + dir - tail, debug, tail) != 0)
		return vmm_text("%s%s%.*s/backends/" BUILD_DIRECTORY, users,
			colon, (int)dir, library);
	/* For the debug variant, the debug build of a backend goes first. */
	return vmm_text("%s%s%.*s/" BUILD_DIRECTORY
			":%.*s/backends/" BUILD_DIRECTORY,
		users, colon, (int)dir, library, (int)(dir - tail), library);
}

char *
vmm_locate_directories(const char *backend_path)
{
	return vmm_text("%s%s%s", backend_path,
		backend_path[0] != '\0' ? ":" : "", VMM_BACKEND_DIR);
}

char *
vmm_locate_backend(const char *backend_path, const char *name)
{
	char *directories = vmm_locate_directories(backend_path);
	char *rest = directories;
	char *found = NULL;
	char *directory;

	while (found == NULL && (directory = strsep(&rest, ":")) != NULL) {
		found = vmm_text("%s/%s.so", directory, name);
		if (access(found, F_OK) != 0) {
			free(found);
			found = NULL;
		}
	}
	free(directories);
	return found;
}
