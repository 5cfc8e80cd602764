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

int
vmm_os_output_write(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = vmm_sys_write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

void
vmm_os_output_close(int fd)
{
	vmm_sys_close(fd);
}

int
vmm_os_output_maps(int fd)
{
	static char text[4096]; /* the kernel fills a page with whole lines */
	int maps = vmm_sys_open(
		AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
	ssize_t n;
	int r = 0;

	if (maps < 0)
		return -1;
	while (r == 0 && (n = vmm_sys_read(maps, text, sizeof(text))) != 0)
		r = n < 0 ? -1 : vmm_os_output_write(fd, text, (size_t)n);
	vmm_sys_close(maps);
	return r;
}
