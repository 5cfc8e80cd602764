/* SPDX-License-Identifier: BSD-3-Clause */
/* Checking a library that is to be preloaded; see library.h. */
#include "config.h"

#include "cli/compare/library.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/plugins.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE 30 /* seconds for the library to load */

static void
prepare(const void *path)
{
	setenv("LD_PRELOAD", path, 1);
}

/* The reason of the loader, if it could not preload the library, or NULL. */
static char *
explain(int fd)
{
	char text[2048];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *reason;

	text[n > 0 ? n : 0] = '\0';
	if (strstr(text, "cannot be preloaded") == NULL)
		return NULL;
	/* "object 'PATH' from LD_PRELOAD cannot be preloaded (REASON): ..." */
	reason = strstr(text, "cannot be preloaded");
	reason[strcspn(reason, "\n")] = '\0';
	return vmm_text("%s", reason);
}

/* Whether a program starts with the library; complains if not. */
static bool
is_loadable(const char *path)
{
	char *const argv[] = { (char *)"vmmalloc", (char *)VMM_PROBE_OPTION,
		NULL };
	struct vmm_child child = { .path = "/proc/self/exe",
		.argv = argv,
		.prepare = prepare,
		.arg = path,
		.seconds = PATIENCE };
	int said = memfd_create("stderr", MFD_CLOEXEC);
	char *why = NULL;
	bool is_good = false;

	if (said < 0) {
		vmm_complain("cannot try '%s': memfd_create: %s", path,
			strerror(errno));
		return false;
	}
	child.stdout_fd = said;
	child.stderr_fd = said;
	if (vmm_child_run(&child) == 0 && !vmm_child_is_interrupted()) {
		why = explain(said);
		if (why == NULL && child.status != 0)
			why = vmm_child_describe(child.status);
		is_good = why == NULL;
		if (why != NULL)
			vmm_complain("cannot preload '%s': %s; lib: needs a "
				     "shared library for this machine",
				path, why);
	}
	free(why);
	close(said);
	return is_good;
}

char *
vmm_library_find(const char *path)
{
	char *whole = realpath(path, NULL);

	if (whole == NULL) {
		vmm_complain("cannot preload '%s': %s; lib: needs the path of "
			     "a shared library",
			path, strerror(errno));
		return NULL;
	}
	if (strpbrk(whole, " :") != NULL) {
		vmm_complain("cannot preload '%s': LD_PRELOAD takes no path "
			     "with a blank or a colon; copy it to another "
			     "directory",
			whole);
	} else if (strstr(whole, "/libvmmalloc.so") != NULL) {
		vmm_complain(
			"cannot compare '%s': name a backend instead", whole);
	} else if (is_loadable(whole)) {
		return whole;
	}
	free(whole);
	return NULL;
}
