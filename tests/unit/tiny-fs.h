/* SPDX-License-Identifier: BSD-3-Clause */
/* A small tmpfs that only this process sees. */
#ifndef TINY_FS_H
#define TINY_FS_H

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static inline int
tiny_fs_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = -1;

	if (fd >= 0) {
		r = write(fd, text, strlen(text)) < 0 ? -1 : 0;
		close(fd);
	}
	return r;
}

/*
 * Mounts a tmpfs with these options ("size=8m") on the directory dir, in a
 * mount namespace of this process; for an ordinary user in a user namespace as
 * well. Returns 0, or -1 with errno if the system does not permit it.
 */
static inline int
tiny_fs_mount(const char *dir, const char *options)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNS) != 0) {
		char map[64];

		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
			return -1;
		snprintf(map, sizeof(map), "0 %u 1", uid);
		tiny_fs_write("/proc/self/uid_map", map);
		tiny_fs_write("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", gid);
		tiny_fs_write("/proc/self/gid_map", map);
	}
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	return mount("tmpfs", dir, "tmpfs", 0, options);
}

#endif /* TINY_FS_H */
