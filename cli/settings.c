/* SPDX-License-Identifier: BSD-3-Clause */
/* Options, defaults and environment of a command; see settings.h. */
#include "config.h"

#include "cli/settings.h"

#include "base/parse.h"
#include "base/place.h"
#include "base/places.h"
#include "cli/cli.h"
#include "cli/locate.h"
#include "cli/preload.h"
#include "libvmmalloc.h"
#include "os/cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DEFAULT_POOL_DIR "ram"
#define POOL_GRAIN ((size_t)2 << 20) /* defaults are whole huge pages */

/* A 32-bit process rarely has a larger range of free addresses. */
#define DEFAULT_MAX \
	(SIZE_MAX > UINT32_MAX ? (size_t)PTRDIFF_MAX : (size_t)512 << 20)

static char *
resolve_path(const char *dir)
{
	struct stat st;
	char *path;

	/* Absolute: the command may start programs in another directory. */
	path = realpath(dir, NULL);
	if (path == NULL || stat(path, &st) != 0) {
		vmm_complain(
			"cannot make a pool in '%s': %s; choose a directory "
			"with --pool-dir",
			dir, strerror(errno));
	} else if (!S_ISDIR(st.st_mode) && !S_ISCHR(st.st_mode)) {
		vmm_complain(
			"cannot make a pool in '%s': not a directory; choose "
			"one with --pool-dir",
			dir);
	} else if (access(path, S_ISDIR(st.st_mode) ? W_OK | X_OK : W_OK) !=
		0) {
		vmm_complain("cannot make a pool in '%s': not writable (%s); "
			     "choose a directory with --pool-dir",
			dir, strerror(errno));
	} else {
		return path;
	}
	free(path);
	return NULL;
}

/* The path of a directory, or the name of a place in memory. */
static char *
resolve_place(const char *origin, const char *text)
{
	struct vmm_place place;

	if (vmm_place_parse(&place, text) != 0) {
		vmm_complain("bad %s '%s': %s; begin the name of a directory "
			     "with ./",
			origin, text, VMM_NOT_A_NODE_LIST);
		return NULL;
	}
	return place.kind == VMM_PLACE_PATH ? resolve_path(text)
					    : vmm_text("%s", text);
}

static char *
resolve_places(const char *origin, const char *text)
{
	char *pieces = vmm_text("%s", text);
	char *list = vmm_text("%s", "");
	struct vmm_places places;

	if (vmm_places_split(&places, pieces) != 0) {
		vmm_complain("bad %s '%s': %s", origin, text, VMM_NOT_PLACES);
		places.n = 0;
		free(list);
		list = NULL;
	}
	for (unsigned int i = 0; i < places.n && list != NULL; i++) {
		char *place = resolve_place(origin, places.place[i].text);
		char *longer = NULL;

		if (place != NULL)
			longer = vmm_text("%s%s%s:%zu", list, i > 0 ? "," : "",
				place, places.place[i].size);
		free(place);
		free(list);
		list = longer;
	}
	free(pieces);
	return list;
}

bool
vmm_settings_is_in_memory(const char *dir)
{
	struct vmm_place place;

	return vmm_place_parse(&place, dir) == 0 &&
		place.kind != VMM_PLACE_PATH;
}

char *
vmm_settings_resolve_dir(const char *dir)
{
	const char *origin = "--pool-dir";

	if (dir == NULL) {
		origin = VMMALLOC_TIERS_VAR;
		dir = getenv(origin);
		if (dir != NULL && dir[0] != '\0')
			return resolve_places(origin, dir);
		origin = VMMALLOC_POOL_DIR_VAR;
		dir = getenv(origin);
	}
	if (dir == NULL)
		dir = DEFAULT_POOL_DIR;
	return vmm_places_is_list(dir) ? resolve_places(origin, dir)
				       : resolve_place(origin, dir);
}

/* The space for a pool, in bytes; UINT64_MAX: not known. */
struct space {
	uint64_t total;
	uint64_t choice; /* if the user chooses no size */
};

/*
 * Returns 0 if a pool of this size could ever be filled; otherwise complains.
 */
static int
check_space(const char *origin, const char *text, const char *dir, size_t size,
	const struct space *space)
{
	if (size < VMMALLOC_MIN_POOL) {
		vmm_complain("bad %s '%s': a pool needs at least %zu bytes "
			     "(14M)",
			origin, text, VMMALLOC_MIN_POOL);
		return -1;
	}
	if (size > space->total) {
		vmm_complain("bad %s '%s': all of '%s' is only %" PRIu64
			     " bytes; choose less",
			origin, text, dir, space->total);
		return -1;
	}
	return 0;
}

/* The other half is for other mappings of the program and for its children. */
static void
keep_half_of_limit(int resource, size_t *size)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) == 0 &&
		limit.rlim_cur != RLIM_INFINITY && *size > limit.rlim_cur / 2)
		*size = (size_t)limit.rlim_cur / 2;
}

/*
 * Chooses half of the free space or, in memory, as much as there is memory; but
 * at most half of the limits on address space and data.
 */
static int
choose_size(const char *dir, const struct space *space, size_t *size)
{
	uint64_t choice = space->choice;

	if (choice == UINT64_MAX) {
		vmm_complain("no default size for a pool on '%s', which is not "
			     "a directory; give --pool-size",
			dir);
		return -1;
	}
	*size = choice > DEFAULT_MAX ? DEFAULT_MAX : (size_t)choice;
	keep_half_of_limit(RLIMIT_AS, size);
	if (vmm_settings_is_in_memory(dir))
		keep_half_of_limit(RLIMIT_DATA, size);
	*size &= ~(POOL_GRAIN - 1);
	if (*size >= VMMALLOC_MIN_POOL)
		return 0;
	vmm_complain("pool in '%s' too small: half of the free space is %zu "
		     "bytes, at least %zu are needed; make room or choose "
		     "another directory with --pool-dir",
		dir, (size_t)choice, VMMALLOC_MIN_POOL);
	return -1;
}

/* For a device the size is not known here: libvmmalloc asks for it itself. */
static int
get_space(const char *dir, struct space *space)
{
	struct statvfs fs;
	struct stat st;
	uint64_t group;

	*space = (struct space){ UINT64_MAX, UINT64_MAX };
	if (vmm_settings_is_in_memory(dir)) {
		space->choice = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			(uint64_t)sysconf(_SC_PAGESIZE);
		if (vmm_os_cgroup_limit(&group) == 0 && group < space->choice)
			space->choice = group;
		return 0;
	}
	if (stat(dir, &st) != 0 || statvfs(dir, &fs) != 0) {
		vmm_complain("cannot find the free space in '%s': %s; choose "
			     "another directory with --pool-dir",
			dir, strerror(errno));
		return -1;
	}
	if (S_ISDIR(st.st_mode)) {
		space->choice = (uint64_t)fs.f_bavail * fs.f_frsize / 2;
		if (fs.f_blocks > 0)
			space->total = (uint64_t)fs.f_blocks * fs.f_frsize;
	}
	return 0;
}

/* The sizes that the places have. */
static int
add_up_sizes(const char *text, const char *dir, size_t *size)
{
	char *pieces = vmm_text("%s", dir);
	struct vmm_places places;
	int r;

	if (text != NULL) {
		vmm_complain("bad --pool-size '%s': the places '%s' have sizes "
			     "of their own",
			text, dir);
		free(pieces);
		return -1;
	}
	r = vmm_places_split(&places, pieces) != 0
		? -1
		: vmm_places_total(&places, size);
	for (unsigned int i = 0; r == 0 && i < places.n; i++) {
		if (places.place[i].size < VMMALLOC_MIN_POOL)
			r = -1;
	}
	if (r != 0 || *size > PTRDIFF_MAX) {
		vmm_complain("bad sizes in '%s': each must be at least %zu "
			     "bytes (14M)",
			dir, VMMALLOC_MIN_POOL);
		r = -1;
	}
	free(pieces);
	return r;
}

int
vmm_settings_resolve_size(const char *text, const char *dir, size_t *size)
{
	const char *origin = "--pool-size";
	struct space space;

	if (vmm_places_is_list(dir))
		return add_up_sizes(text, dir, size);
	if (text == NULL) {
		text = getenv(VMMALLOC_POOL_SIZE_VAR);
		origin = VMMALLOC_POOL_SIZE_VAR;
	}
	if (get_space(dir, &space) != 0)
		return -1;
	if (text == NULL)
		return choose_size(dir, &space, size);
	errno = 0;
	if (vmm_parse_size(text, size) != 0 || *size > PTRDIFF_MAX) {
		vmm_complain("bad %s '%s': %s", origin, text,
			errno == EINVAL ? VMM_NOT_A_SIZE : "too large");
		return -1;
	}
	return check_space(origin, text, dir, *size, &space);
}

int
vmm_settings_resolve(
	struct vmm_settings *settings, const struct vmm_pool_choice *pool)
{
	settings->library = vmm_locate_library();
	if (settings->library == NULL)
		return -1;
	settings->backend_path = vmm_locate_backend_path(settings->library);
	settings->pool_dir = vmm_settings_resolve_dir(pool->dir);
	if (settings->pool_dir == NULL)
		return -1;
	return vmm_settings_resolve_size(
		pool->size, settings->pool_dir, &settings->pool_size);
}

const char *
vmm_settings_pick_backend(const struct vmm_settings *settings, const char *name)
{
	char *file;

	if (name == NULL)
		name = getenv(VMMALLOC_BACKEND_VAR);
	if (name == NULL)
		name = VMM_DEFAULT_BACKEND;
	if (!vmm_is_backend_name(name)) {
		vmm_complain("bad backend '%s': a name has only letters, "
			     "digits and dashes; see 'vmmalloc backends'",
			name);
		return NULL;
	}
	file = vmm_locate_backend(settings->backend_path, name);
	if (file == NULL) {
		char *directories =
			vmm_locate_directories(settings->backend_path);

		vmm_complain("no backend '%s' in %s; see 'vmmalloc backends'",
			name, directories);
		free(directories);
		return NULL;
	}
	free(file);
	return name;
}

static void
set(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		vmm_complain("cannot set %s: %s", name, strerror(errno));
}

/*
 * Reserves room for the thread-local storage of a plugin, mainly jemalloc's. On
 * x86-64 the library has some room itself (os/tls_room.c), which is not enough
 * after libraries with much thread-local storage of their own. This value is
 * always enough. The area lies on each thread's stack, but it grows only for
 * programs with such libraries: 1152 bytes that glibc adds, this value and 4096
 * bytes of the library's round up to the 8192 that they take without it (glibc
 * 2.32 to 2.36).
 */
#ifdef __x86_64__
#define TLS_TUNABLE "glibc.rtld.optional_static_tls=2048"
#else
#define TLS_TUNABLE "glibc.rtld.optional_static_tls=4096"
#endif

static void
export_tunables(void)
{
	const char *old = getenv("GLIBC_TUNABLES");
	char *value;

	if (old != NULL && strstr(old, "optional_static_tls") != NULL)
		return;
	value = old != NULL && old[0] != '\0'
		? vmm_text("%s:%s", old, TLS_TUNABLE)
		: vmm_text("%s", TLS_TUNABLE);
	set("GLIBC_TUNABLES", value);
	free(value);
}

void
vmm_settings_export(const struct vmm_settings *settings, const char *backend,
	const char *stats_file)
{
	char *list = vmm_preload_list(getenv("LD_PRELOAD"),
		backend != NULL ? settings->library : NULL);
	char *size;

	if (list[0] != '\0')
		set("LD_PRELOAD", list);
	else
		unsetenv("LD_PRELOAD");
	free(list);
	if (backend == NULL)
		return;
	size = vmm_text("%zu", settings->pool_size);
	set(VMMALLOC_BACKEND_VAR, backend);
	if (settings->backend_path[0] != '\0')
		set(VMMALLOC_BACKEND_PATH_VAR, settings->backend_path);
	set(VMMALLOC_POOL_DIR_VAR, settings->pool_dir);
	set(VMMALLOC_POOL_SIZE_VAR, size);
	unsetenv(VMMALLOC_TIERS_VAR); /* it is pool_dir now */
	if (stats_file != NULL)
		set(VMMALLOC_STATS_FILE_VAR, stats_file);
	free(size);
	export_tunables();
}
