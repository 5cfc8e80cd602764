/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Attributes that a program sets on the pages of its own blocks survive fork,
 * in the parent and, if they are inherited, in the child: protection, memory
 * locks, advice, the NUMA policy. So do the contents of pages that cannot be
 * read.
 */
#include "fork.h"
#include "parts.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define BLOCK_BYTES MIB
#define RANGE_PAGES 5
#define BLOCKS 2

enum side { PARENT, CHILD };

/* Pages in the middle of each block have the attribute, the others do not. */
static char *blocks[BLOCKS];
static size_t page_size, range_bytes;

static char *
range(unsigned int i)
{
	return blocks[i] + 16 * page_size;
}

/* Asks the kernel whether one byte there can be read, and be written. */
static bool
can_read(const char *p)
{
	int fds[2];
	ssize_t n;

	CHECK(pipe(fds) == 0);
	n = write(fds[1], p, 1);
	CHECK(n == 1 || errno == EFAULT);
	close(fds[0]);
	close(fds[1]);
	return n == 1;
}

static bool
can_write(char *p, char byte)
{
	int fds[2];
	ssize_t n;

	CHECK(pipe(fds) == 0);
	CHECK(write(fds[1], &byte, 1) == 1);
	n = read(fds[0], p, 1);
	CHECK(n == 1 || errno == EFAULT);
	close(fds[0]);
	close(fds[1]);
	return n == 1;
}

/* Whether VmFlags of all mappings of the range include this flag. */
static bool
has_flag(const char *start, const char *flag)
{
	static char text[1 << 22];
	uintptr_t from = (uintptr_t)start, to = from + range_bytes;
	size_t n = 0, seen = 0;
	bool is_inside = false;
	ssize_t got;
	int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	while ((got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	CHECK(got == 0 && n < sizeof(text) - 1);
	close(fd);
	text[n] = '\0';
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');
		unsigned long first, last;

		CHECK(end != NULL);
		*end = '\0';
		if (sscanf(line, "%lx-%lx ", &first, &last) == 2) {
			is_inside = first < to && last > from;
			if (is_inside)
				seen += (last < to ? last : to) -
					(first > from ? first : from);
		} else if (is_inside && strncmp(line, "VmFlags:", 8) == 0) {
			if (strstr(line, flag) == NULL)
				return false;
		}
		line = end + 1;
	}
	return seen == range_bytes;
}

static void
protect(char *p, int rights)
{
	CHECK(mprotect(p, range_bytes, rights) == 0);
}

static void
set_none(char *p)
{
	protect(p, PROT_NONE);
}

static void
check_none(char *p, enum side side)
{
	(void)side;
	for (size_t at = 0; at < range_bytes; at += page_size)
		CHECK(!can_read(p + at) && !can_write(p + at, 1));
}

static void
set_read_only(char *p)
{
	protect(p, PROT_READ);
}

static void
check_read_only(char *p, enum side side)
{
	(void)side;
	CHECK(test_is_filled(p, range_bytes, 7));
	for (size_t at = 0; at < range_bytes; at += page_size)
		CHECK(!can_write(p + at, 1));
}

/* A function that returns 42, like those that a JIT compiler writes. */
static const unsigned char code[] = {
#if defined(__x86_64__) || defined(__i386__)
	0xb8, 0x2a, 0, 0, 0, 0xc3
#elif defined(__aarch64__)
	0x40, 0x05, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6
#else
	0
#endif
};

static void
set_code(char *p)
{
	if (sizeof(code) == 1)
		test_skip("no machine code for this processor");
	memcpy(p, code, sizeof(code));
	if (mprotect(p, range_bytes, PROT_READ | PROT_EXEC) != 0)
		test_skip("the heap cannot be executed here");
	__builtin___clear_cache(p, p + sizeof(code));
}

static void
check_code(char *p, enum side side)
{
	int (*function)(void);

	(void)side;
	memcpy(&function, &p, sizeof(function));
	CHECK(function() == 42);
	CHECK(!can_write(p + page_size, 1));
}

static void
set_lock(char *p)
{
	if (mlock(p, range_bytes) != 0)
		test_skip("no memory may be locked here");
}

static void
check_lock(char *p, enum side side)
{
	CHECK(has_flag(p, " lo") == (side == PARENT)); /* not inherited */
	CHECK(test_is_filled(p, range_bytes, 7));
}

static void
set_dont_dump(char *p)
{
	CHECK(madvise(p, range_bytes, MADV_DONTDUMP) == 0);
}

static void
check_dont_dump(char *p, enum side side)
{
	(void)side;
	CHECK(has_flag(p, " dd"));
	CHECK(test_is_filled(p, range_bytes, 7));
}

static void
set_dont_fork(char *p)
{
	CHECK(madvise(p, range_bytes, MADV_DONTFORK) == 0);
}

static void
check_dont_fork(char *p, enum side side)
{
	if (side == PARENT) {
		CHECK(has_flag(p, " dc"));
		CHECK(test_is_filled(p, range_bytes, 7));
		return;
	}
	/* no page, or one without the data that must not be inherited */
	for (size_t at = 0; at < range_bytes; at += page_size)
		CHECK(!can_read(p + at) || p[at] == 0);
}

/* From the kernel's headers, which may not be installed. */
#define POLICY_BIND 2
#define POLICY_OF_ADDRESS 2

static void
set_policy(char *p)
{
	unsigned long nodes = 1;

	if (syscall(SYS_mbind, p, range_bytes, POLICY_BIND, &nodes,
		    8 * sizeof(nodes), 0) != 0)
		test_skip("no NUMA policies here");
}

static void
check_policy(char *p, enum side side)
{
	(void)side;
	for (size_t at = 0; at < range_bytes; at += page_size) {
		int policy = -1;

		CHECK(syscall(SYS_get_mempolicy, &policy, NULL, 0, p + at,
			      POLICY_OF_ADDRESS) == 0);
		CHECK(policy == POLICY_BIND);
	}
	CHECK(test_is_filled(p, range_bytes, 7));
}

/* The attributes are as set, and the pages around them are usable. */
static void
check_blocks(unsigned int n, enum side side, void (*check)(char *, enum side))
{
	for (unsigned int i = 0; i < n; i++) {
		char *end = range(i) + range_bytes;
		size_t below = (size_t)(range(i) - blocks[i]);
		size_t above = (size_t)(blocks[i] + BLOCK_BYTES - end);

		check(range(i), side);
		CHECK(test_is_filled(blocks[i], below, 7));
		CHECK(test_is_filled(end, above, 7));
		test_fill(end, above, 7);
		CHECK(can_write(range(i) - 1, 8));
	}
}

static void
use_heap(unsigned int seed)
{
	static struct heap heap;

	heap_use(&heap, seed);
	heap_free(&heap, 1);
}

/*
 * Forks twice in the same process, with a grandchild each time; one block gets
 * the attribute before the first fork and one before the second.
 */
static void
fork_with(void (*set)(char *), void (*check)(char *, enum side))
{
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	range_bytes = RANGE_PAGES * page_size;
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = aligned_alloc(page_size, BLOCK_BYTES);
		CHECK(blocks[i] != NULL && test_is_in_pool(blocks[i]));
		test_fill(blocks[i], BLOCK_BYTES, 7);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		pid_t pid;

		set(range(i));
		check_blocks(i + 1, PARENT, check);
		pid = fork_checked();
		if (pid == 0) {
			check_blocks(i + 1, CHILD, check);
			use_heap(3);
			pid = fork_checked();
			check_blocks(i + 1, CHILD, check);
			if (pid != 0)
				wait_checked(pid);
			_exit(0);
		}
		use_heap(4);
		wait_checked(pid);
		check_blocks(i + 1, PARENT, check);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		protect(range(i), PROT_READ | PROT_WRITE);
		CHECK(munlock(range(i), range_bytes) == 0);
		CHECK(madvise(range(i), range_bytes, MADV_DODUMP) == 0);
		CHECK(madvise(range(i), range_bytes, MADV_DOFORK) == 0);
		free(blocks[i]);
	}
	use_heap(5);
}

static void
no_access(void)
{
	fork_with(set_none, check_none);
}

static void
read_only(void)
{
	fork_with(set_read_only, check_read_only);
}

static void
executable(void)
{
	fork_with(set_code, check_code);
}

static void
locked(void)
{
	fork_with(set_lock, check_lock);
}

static void
not_dumped(void)
{
	fork_with(set_dont_dump, check_dont_dump);
}

static void
not_inherited(void)
{
	fork_with(set_dont_fork, check_dont_fork);
}

static void
bound_to_node(void)
{
	fork_with(set_policy, check_policy);
}

/* Pages that are unreadable at the time of the fork keep their contents. */
static void
hidden_contents(void)
{
	char *block;
	pid_t pid;

	page_size = (size_t)sysconf(_SC_PAGESIZE);
	block = aligned_alloc(page_size, BLOCK_BYTES);
	CHECK(block != NULL && test_is_in_pool(block));
	test_fill(block, BLOCK_BYTES, 9);
	for (unsigned int i = 0; i < 2; i++) {
		CHECK(mprotect(block, BLOCK_BYTES, PROT_NONE) == 0);
		pid = fork_checked();
		CHECK(mprotect(block, BLOCK_BYTES, PROT_READ | PROT_WRITE) ==
			0);
		CHECK(test_is_filled(block, BLOCK_BYTES, 9 + i));
		if (pid == 0) {
			test_fill(block, BLOCK_BYTES, 20);
			_exit(0);
		}
		test_fill(block, BLOCK_BYTES, 10 + i);
		wait_checked(pid);
		CHECK(test_is_filled(block, BLOCK_BYTES, 10 + i));
	}
	free(block);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "no-access", no_access, NULL },
		{ "read-only", read_only, NULL },
		{ "executable", executable, NULL },
		{ "locked", locked, NULL },
		{ "not-dumped", not_dumped, NULL },
		{ "not-inherited", not_inherited, NULL },
		{ "bound-to-node", bound_to_node, NULL },
		{ "hidden-contents", hidden_contents, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
