/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A child that has dropped its privileges, like a server's worker, cannot write
 * to its parent's heap: it has no open descriptor of the parent's pool file and
 * cannot open one through /proc, and nothing that it does to the descriptors
 * and mappings that it has changes the parent's memory.
 */
#include "fork.h"
#include "parts.h"
#include "platform.h"

#include <sys/stat.h>

#define HEAP_BYTES (8 * MIB)
#define FD_MAX 70000
#define PAGE_BYTES 4096

static struct heap heap;
static char *large;
static dev_t pool_dev;
static ino_t pool_ino;

static bool
is_file(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode);
}

/* Finds the pool's file, which has no name and is as large as the pool. */
static void
find_pool(void)
{
	struct stat st;

	for (int fd = 3; fd < FD_MAX; fd++)
		if (is_file(fd, &st) && st.st_nlink == 0 &&
			st.st_size >= (off_t)vmmalloc_host_get()->pool_size) {
			pool_dev = st.st_dev;
			pool_ino = st.st_ino;
			return;
		}
}

/* Overwrites the contents of an open file, or truncates it. */
static void
damage(int fd, bool truncates)
{
	static char bytes[PAGE_BYTES];
	struct stat st;

	if (!is_file(fd, &st))
		return;
	memset(bytes, 'X', sizeof(bytes));
	if (truncates)
		(void)!ftruncate(fd, 0);
	else
		for (off_t at = 0; at < st.st_size; at += PAGE_BYTES)
			(void)!pwrite(fd, bytes, sizeof(bytes), at);
}

static void
damage_path(const char *path, bool truncates)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		damage(fd, truncates);
		close(fd);
	}
}

/* Tries each mapping under its name in map_files, from /proc/self/maps. */
static void
damage_mappings(bool truncates)
{
	static char text[1 << 20];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char path[200];
	size_t n = 0;
	ssize_t got;

	CHECK(fd >= 0);
	while ((got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	close(fd);
	text[n] = '\0';
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');
		int length = (int)strcspn(line, " ");

		if (end == NULL)
			break;
		snprintf(path, sizeof(path), "/proc/self/map_files/%.*s",
			length, line);
		/* only unnamed files: this program's own file has a name */
		*end = '\0';
		if (strstr(line, "(deleted)") != NULL)
			damage_path(path, truncates);
		line = end + 1;
	}
}

/* All that a child can try; changes to its own memory do not matter. */
static void
attack(bool truncates)
{
	pid_t parent = getppid();
	char path[200];

	for (int fd = 3; fd < FD_MAX; fd++) {
		struct stat st;

		if (!is_file(fd, &st) || st.st_nlink != 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		damage_path(path, truncates);
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)parent, fd);
		damage_path(path, truncates);
		damage(fd, truncates);
	}
	damage_mappings(truncates);
}

static void
give_up_rights(void)
{
	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		test_skip("there is no other user to become");
}

static void
set_up(void)
{
	heap_fill(&heap, 1);
	large = malloc(HEAP_BYTES);
	CHECK(large != NULL && test_is_in_pool(large));
	test_fill(large, HEAP_BYTES, 5);
	find_pool();
}

static void
check_heap(void)
{
	CHECK(test_is_filled(large, HEAP_BYTES, 5));
	heap_use(&heap, 2);
}

/* Checks that no descriptor refers to the pool's file from find_pool. */
static void
check_descriptors(void)
{
	struct stat st;

	for (int fd = 3; fd < FD_MAX; fd++)
		CHECK(!is_file(fd, &st) || st.st_dev != pool_dev ||
			st.st_ino != pool_ino);
}

static void
no_descriptor(void)
{
	set_up();
	CHECK(pool_ino != 0);
	for (unsigned int i = 0; i < 2; i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			check_descriptors();
			pid = fork_checked();
			check_descriptors();
			if (pid != 0)
				wait_checked(pid);
			_exit(0);
		}
		wait_checked(pid);
		check_heap();
	}
}

static void
attacked(bool truncates, bool uses_first)
{
	int status;
	pid_t pid;

	set_up();
	for (unsigned int i = 0; i < 2; i++) {
		pid = fork_checked();
		if (pid == 0) {
			give_up_rights();
			if (uses_first)
				heap_use(&heap, 9);
			attack(truncates);
			_exit(0);
		}
		if (!uses_first)
			heap_use(&heap, 3);
		/* the child may have damaged itself */
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(!WIFEXITED(status) || WEXITSTATUS(status) != 77);
		check_heap();
	}
}

static void
writes(void)
{
	attacked(false, false);
}

static void
writes_later(void)
{
	attacked(false, true);
}

static void
truncates(void)
{
	attacked(true, false);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "no-descriptor", no_descriptor, NULL },
		{ "writes", writes, NULL },
		{ "writes-later", writes_later, NULL },
		{ "truncates", truncates, NULL },
	};

	CHECK(vmmalloc_host_get != NULL);
	return PARTS_RUN(argc, argv, parts);
}
