/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of the library and the backend. The last of them starts a process with
 * both, in a pool as the program would have.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/elf_file.h"
#include "cli/doctor/linked.h"
#include "cli/locate.h"
#include "cli/plugins.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>

#define ADD(id, result, ...)                               \
	vmm_findings_add(&doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

/* Backends of this project: their version is that of the command. */
static const char *const own_backends[] = { "native", "jemalloc", "tcmalloc",
	NULL };

void
vmm_doctor_check_library(struct vmm_doctor *doctor)
{
	struct vmm_settings settings;

	free(vmm_complaint_take());
	doctor->library = vmm_locate_library();
	vmm_doctor_add_complaint(
		&doctor->findings, VMM_FIND_LIBRARY, VMM_RESULT_ERROR);
	if (doctor->library == NULL)
		return;
	ADD(LIBRARY, OK, "%s", doctor->library);
	doctor->backend_path = vmm_locate_backend_path(doctor->library);
	settings.backend_path = doctor->backend_path;
	doctor->backend =
		vmm_settings_pick_backend(&settings, doctor->pool.backend);
	vmm_doctor_add_complaint(
		&doctor->findings, VMM_FIND_BACKEND, VMM_RESULT_ERROR);
}

static bool
is_own(const char *backend)
{
	for (size_t i = 0; own_backends[i] != NULL; i++) {
		if (strcmp(backend, own_backends[i]) == 0)
			return true;
	}
	return false;
}

static void
check_versions(struct vmm_doctor *doctor, const struct vmm_plugin *plugin)
{
	const char *core = plugin->core_version;

	if (core != NULL && strcmp(core, PACKAGE_VERSION) != 0)
		ADD(VERSIONS, WARNING, "the command is %s, the library %s",
			PACKAGE_VERSION, core);
	else if (is_own(plugin->name) && plugin->version != NULL &&
		core != NULL && strcmp(plugin->version, core) != 0)
		ADD(VERSIONS, WARNING, "the library is %s, the backend %s %s",
			core, plugin->name, plugin->version);
	else
		ADD(VERSIONS, OK, "library %s, backend %s %s",
			core != NULL ? core : "?", plugin->name,
			plugin->version != NULL ? plugin->version : "?");
}

static void
check_start(struct vmm_doctor *doctor, struct vmm_plugin *plugin)
{
	struct vmm_settings settings = {
		.library = doctor->library,
		.backend_path = doctor->backend_path,
		.pool_dir = doctor->dir,
		.pool_size = doctor->size,
	};

	/* Whether there is room has been checked; it is not to be taken. */
	unsetenv(VMMALLOC_PREALLOC_VAR);
	if (vmm_plugin_probe(&settings, plugin) != 0) {
		vmm_doctor_add_complaint(
			&doctor->findings, VMM_FIND_START, VMM_RESULT_WARNING);
	} else if (plugin->failure != NULL) {
		ADD(START, ERROR,
			"a process with backend %s does not start: "
			"%s",
			plugin->name, plugin->failure);
	} else {
		ADD(START, OK, "a process with backend %s starts",
			plugin->name);
		check_versions(doctor, plugin);
	}
}

/* The value of the user's tunable; SIZE_MAX: it is not set. */
static size_t
read_tunable(void)
{
	const char *text = getenv("GLIBC_TUNABLES");
	const char *name = "glibc.rtld.optional_static_tls=";

	text = text != NULL ? strstr(text, name) : NULL;
	return text != NULL ? (size_t)strtoull(text + strlen(name), NULL, 0)
			    : SIZE_MAX;
}

/* The thread-local storage of a plugin and of the allocator behind it. */
static size_t
find_tls(const char *path)
{
	struct vmm_linked linked = { NULL, 0 };
	struct vmm_elf elf;
	size_t bytes;
	char *self;

	if (vmm_elf_open(&elf, path) != 0)
		return 0;
	bytes = elf.tls;
	vmm_elf_close(&elf);
	/* A plugin has no interpreter: that of this program is taken. */
	self = realpath("/proc/self/exe", NULL);
	if (self != NULL && vmm_elf_open(&elf, self) == 0) {
		if (elf.interpreter != NULL)
			vmm_linked_find(&linked, elf.interpreter, path);
		vmm_elf_close(&elf);
	}
	free(self);
	for (size_t i = 0; i < linked.n; i++) {
		/* The program has the C library already. */
		if (strstr(linked.paths[i], "/libc.so") != NULL ||
			strstr(linked.paths[i], "/libc.musl") != NULL ||
			vmm_elf_open(&elf, linked.paths[i]) != 0)
			continue;
		bytes += elf.tls;
		vmm_elf_close(&elf);
	}
	vmm_linked_free(&linked);
	return bytes;
}

static void
check_tls(struct vmm_doctor *doctor, const char *path)
{
	size_t tunable = read_tunable();
	size_t bytes = find_tls(path);

	if (tunable == SIZE_MAX)
		ADD(TLS_ROOM, OK,
			"the backend needs %zu bytes per thread; vmmalloc run "
			"reserves them",
			bytes);
	else if (tunable < bytes)
		ADD(TLS_ROOM, WARNING,
			"the backend needs %zu bytes per thread, and "
			"GLIBC_TUNABLES reserves only %zu",
			bytes, tunable);
	else
		ADD(TLS_ROOM, OK,
			"the backend needs %zu bytes per thread; "
			"GLIBC_TUNABLES reserves %zu",
			bytes, tunable);
}

void
vmm_doctor_check_backend(struct vmm_doctor *doctor)
{
	struct vmm_plugin plugin = { NULL, NULL, NULL, NULL, NULL, NULL, NULL };

	if (doctor->library == NULL || doctor->backend == NULL)
		return;
	plugin.name = vmm_text("%s", doctor->backend);
	plugin.path = vmm_locate_backend(doctor->backend_path, doctor->backend);
	ADD(BACKEND, OK, "%s", plugin.path);
	if (doctor->dir != NULL && doctor->size > 0)
		check_start(doctor, &plugin);
	check_tls(doctor, plugin.path);
	vmm_plugin_clear(&plugin);
}
