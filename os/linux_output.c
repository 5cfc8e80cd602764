/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: files that a variable names; see output.h. */
#include "config.h"

#include "os/output.h"

#include "base/linux_sys.h"

#include <stdbool.h>
#include <string.h>

/*
 * Whether other users may create links in the directory of path: the rule of
 * Linux's fs.protected_symlinks, which may be off.
 */
static bool
is_in_public_directory(char *path)
{
	const mode_t both = S_ISVTX | S_IWOTH;
	char *slash = strrchr(path, '/');
	struct stat st;
	int r;

	if (slash == NULL || slash == path)
		return stat(slash != NULL ? "/" : ".", &st) == 0 &&
			(st.st_mode & both) == both;
	*slash = '\0';
	r = stat(path, &st);
	*slash = '/';
	return r == 0 && (st.st_mode & both) == both;
}

int
vmm_os_output_open(char *path, int flags)
{
	flags |= O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY;
	if (is_in_public_directory(path))
		flags |= O_NOFOLLOW;
	return vmm_sys_open(AT_FDCWD, path, flags, 0666);
}
