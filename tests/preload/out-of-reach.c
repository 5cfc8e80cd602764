/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server changes its root directory, unmounts file systems or drops its
 * privileges, or its pool's directory is renamed or removed, before it forks
 * workers. The path is no longer valid, but the pool is there: fork works. Only
 * if the new user may not create a file there may a copy be refused, with
 * ENOMEM.
 */
#include "fork.h"
#include "parts.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define FORKS 3

static struct heap heap;
static const char *pool_dir; /* of this process; NULL without a pool */

static void
forks(bool may_fail)
{
	const char *mode = getenv("VMMALLOC_FORK");

	may_fail = may_fail && mode != NULL && *mode == '2';
	for (unsigned int i = 0; i < FORKS; i++) {
		pid_t pid;

		errno = 0;
		pid = fork();
		if (pid < 0) {
			CHECK(may_fail && errno == ENOMEM);
			heap_use(&heap, i);
			continue;
		}
		if (pid == 0)
			alarm(CHILD_SECONDS);
		for (unsigned int k = 1; k < 10; k++)
			heap_use(&heap, i + (pid == 0 ? 100 : 10) * k);
		if (pid == 0)
			_exit(0);
		wait_checked(pid);
		heap_verify(&heap);
	}
}

static void
set_up(void)
{
	pool_dir = getenv("VMMALLOC_POOL_DIR");
	heap_fill(&heap, 1);
}

static void
other_root(void)
{
	set_up();
	if (chroot(getenv("TEST_WORK_DIR")) != 0)
		test_skip("no chroot is permitted");
	CHECK(chdir("/") == 0);
	forks(false);
}

static void
other_root_late(void)
{
	set_up();
	forks(false);
	if (chroot(getenv("TEST_WORK_DIR")) != 0)
		test_skip("no chroot is permitted");
	CHECK(chdir("/") == 0);
	forks(false);
}

static void
other_user(void)
{
	set_up();
	if (geteuid() != 0 || setgid(65534) != 0 || setuid(65534) != 0)
		test_skip("there is no other user to become");
	forks(true);
}

/* The pool's file is the only remaining use of the mount. */
static void
unmounted(void)
{
	set_up();
	if (pool_dir == NULL)
		test_skip("no pool");
	if (unshare(CLONE_NEWNS) != 0 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		test_skip("no mount name space to be had");
	if (umount2(getenv("TEST_MOUNT"), MNT_DETACH) != 0)
		test_skip("the pool has no mount of its own");
	CHECK(access(pool_dir, F_OK) != 0);
	forks(false);
}

static void
renamed(void)
{
	char other[4096];

	set_up();
	if (pool_dir == NULL)
		test_skip("no pool");
	snprintf(other, sizeof(other), "%s.other", pool_dir);
	CHECK(rename(pool_dir, other) == 0);
	forks(false);
	CHECK(rmdir(other) == 0);
}

/* No file can be created in a removed directory: as if there were no room. */
static void
removed(void)
{
	set_up();
	if (pool_dir == NULL)
		test_skip("no pool");
	CHECK(rmdir(pool_dir) == 0);
	forks(true);
}

/* The directory may exist if the part before this one has failed. */
static void
make_dir(void)
{
	const char *dir = getenv("VMMALLOC_POOL_DIR");

	if (dir != NULL)
		CHECK(mkdir(dir, 0700) == 0 || errno == EEXIST);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "chroot", other_root, make_dir },
		{ "chroot-after-fork", other_root_late, make_dir },
		{ "setuid", other_user, make_dir },
		{ "unmounted", unmounted, make_dir },
		{ "renamed", renamed, make_dir },
		{ "removed", removed, make_dir },
	};
	const char *mount_point = getenv("VMMALLOC_POOL_DIR");
	char dir[4096];
	int status;

	if (argc == 1 && mount_point != NULL) {
		/*
		 * the pools of the parts lie in a directory that they may
		 * rename
		 */
		CHECK(setenv("TEST_MOUNT", mount_point, 1) == 0);
		snprintf(dir, sizeof(dir), "%s/parts", mount_point);
		CHECK(setenv("VMMALLOC_POOL_DIR", dir, 1) == 0);
		status = PARTS_RUN(argc, argv, parts);
		(void)rmdir(dir);
		return status;
	}
	return PARTS_RUN(argc, argv, parts);
}
