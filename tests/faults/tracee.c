/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes as /proc shows them; see tracee.h. */
#define _GNU_SOURCE
#include "config.h"

#include "tests/faults/tracee.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANGES_MAX 128
#define THREADS_MAX 256
#define STACK_BYTES ((size_t)16 << 10)

/* Whose code it is. An allocator's own calls are not the library's. */
enum owner { SYSTEM, OURS, ALLOCATOR };

/* Mappings of code. */
static struct range {
	uint64_t start, end;
	enum owner owner;
} ranges[RANGES_MAX];
static unsigned int n_ranges;
static bool is_stale;

/* Process IDs by thread. */
static struct {
	pid_t thread, process;
} known[THREADS_MAX];
static unsigned int n_known;

void
tracee_reset(void)
{
	n_ranges = 0;
	n_known = 0;
	is_stale = true;
}

void
tracee_mapped_code(void)
{
	is_stale = true;
}

static FILE *
open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

static enum owner
owner_of(const char *path)
{
	static const struct {
		const char *name;
		enum owner owner;
	} names[] = {
		{ "/libvmmalloc.so", OURS },
		{ "/native.so", OURS },
		{ "/jemalloc.so", OURS },
		{ "/tcmalloc.so", OURS },
		{ "/libjemalloc.so", ALLOCATOR },
		{ "/libtcmalloc", ALLOCATOR },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(path, names[i].name) != NULL)
			return names[i].owner;
	return SYSTEM;
}

static void
read_ranges(pid_t pid)
{
	FILE *maps = open_proc(pid, "maps");
	char line[PATH_MAX + 100];

	n_ranges = 0;
	is_stale = false;
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		struct range *range = &ranges[n_ranges];
		unsigned long start, end;
		char rights[5];

		if (n_ranges == RANGES_MAX ||
			sscanf(line, "%lx-%lx %4s", &start, &end, rights) !=
				3 ||
			rights[2] != 'x')
			continue;
		*range = (struct range){ start, end, owner_of(line) };
		n_ranges++;
	}
	if (maps != NULL)
		fclose(maps);
}

static const struct range *
find_range(uint64_t address)
{
	for (unsigned int i = 0; i < n_ranges; i++)
		if (address - ranges[i].start < ranges[i].end - ranges[i].start)
			return &ranges[i];
	return NULL;
}

/*
 * The first word of the stack that is an address of our code or an allocator's
 * tells which of them called the C library.
 */
static enum owner
owner_on_stack(pid_t thread)
{
	static uint64_t words[STACK_BYTES / sizeof(uint64_t)];
	FILE *file = open_proc(thread, "syscall");
	char line[256], *sp;
	struct iovec to = { words, sizeof(words) }, from;
	size_t step = 4096;
	ssize_t n = -1;

	if (file == NULL)
		return SYSTEM;
	sp = fgets(line, sizeof(line), file);
	fclose(file);
	/* the last two words: the stack's address, and the instruction's */
	if (sp != NULL)
		sp = strrchr(line, ' ');
	if (sp == NULL)
		return SYSTEM;
	*sp = '\0';
	sp = strrchr(line, ' ');
	if (sp == NULL)
		return SYSTEM;
	from.iov_base = (void *)strtoul(sp, NULL, 16);
	for (size_t size = sizeof(words); n <= 0 && size > 0; size -= step) {
		from.iov_len = size;
		n = process_vm_readv(thread, &to, 1, &from, 1, 0);
	}
	for (ssize_t i = 0; i < n / (ssize_t)sizeof(uint64_t); i++) {
		const struct range *range = find_range(words[i]);

		if (range != NULL && range->owner != SYSTEM)
			return range->owner;
	}
	return SYSTEM;
}

bool
tracee_is_ours(pid_t thread, uint64_t ip)
{
	const struct range *range;

	if (is_stale || find_range(ip) == NULL)
		read_ranges(thread);
	range = find_range(ip);
	if (range != NULL && range->owner != SYSTEM)
		return range->owner == OURS;
	return owner_on_stack(thread) == OURS;
}

pid_t
tracee_process(pid_t thread)
{
	char line[128];
	FILE *file;
	int process = 0;

	for (unsigned int i = 0; i < n_known; i++)
		if (known[i].thread == thread)
			return known[i].process;
	file = open_proc(thread, "status");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "Tgid: %d", &process) == 1)
			break;
	if (file != NULL)
		fclose(file);
	if (n_known < THREADS_MAX) {
		known[n_known].thread = thread;
		known[n_known++].process = process;
	}
	return process;
}

void
tracee_file(pid_t thread, int fd, char *name, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)thread, fd);
	n = readlink(path, name, size - 1);
	name[n < 0 ? 0 : n] = '\0';
}

unsigned int
tracee_count_descriptors(pid_t process)
{
	char path[64];
	unsigned int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)process);
	dir = opendir(path);
	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

unsigned long
tracee_count_pages(pid_t process)
{
	FILE *file = open_proc(process, "statm");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages;
}

unsigned int
tracee_end_children(void)
{
	unsigned int n = 0;
	char path[64];
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		(int)getpid());
	file = fopen(path, "re");
	while (file != NULL && fscanf(file, "%d", &pid) == 1) {
		/* one that has ended already is not left behind */
		if (waitpid(pid, NULL, WNOHANG | __WALL) == pid)
			continue;
		n += kill(pid, SIGKILL) == 0;
		waitpid(pid, NULL, __WALL);
	}
	if (file != NULL)
		fclose(file);
	return n;
}
