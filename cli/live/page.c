/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the statistics page of another process; see page.h. */
#include "config.h"

#include "cli/live/page.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The library's writable data has some pages; other mappings are not its. */
#define DATA_MAX ((size_t)1 << 20)

/* A report is about 1 KiB; with five long paths of control characters more. */
#define REPORT_MAX ((uint64_t)1 << 20)

/* A page that is being changed is read again this often, without waiting. */
#define READS_MAX 1000

#define POLL_NS 2000000L

/* Up to this field a page of version 1 has always had all. */
#define LEAST sizeof(struct vmmalloc_page)

/* Replaces what a terminal could take for a command. */
static void
clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void
clean_all(struct vmmalloc_page *page)
{
	clean(page->library_version, sizeof(page->library_version));
	clean(page->backend, sizeof(page->backend));
	clean(page->backend_version, sizeof(page->backend_version));
	if (page->n_places > VMMALLOC_PAGE_PLACES)
		page->n_places = VMMALLOC_PAGE_PLACES;
	for (unsigned int i = 0; i < page->n_places; i++)
		clean(page->place[i].name, sizeof(page->place[i].name));
}

static int
read_at(int memory, void *to, size_t size, uint64_t address)
{
	ssize_t n = pread(memory, to, size, (off_t)address);

	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = ESRCH; /* the process has ended, or executes another
				  program */
	return -1;
}

/* Reads the page until it was not changed meanwhile. */
static int
read_page(struct vmm_live_page *live)
{
	struct vmmalloc_page *page = &live->page;
	uint32_t before, after = 1;

	for (int i = 0; i < READS_MAX; i++) {
		before = after;
		if (read_at(live->memory, page, sizeof(*page), live->address) !=
				0 ||
			read_at(live->memory, &after, sizeof(after),
				live->address +
					offsetof(struct vmmalloc_page,
						sequence)) != 0)
			return -1;
		if (page->sequence == after && after % 2 == 0)
			break;
		/* a process that was stopped in the middle of a change */
		if (i > 10 && before == after)
			break;
	}
	clean_all(page);
	return 0;
}

/* The address of the page in a mapping; 0 with errno ENOENT if it has none. */
static uint64_t
find_in(int memory, uint64_t start, uint64_t end)
{
	static const char magic[16] = VMMALLOC_PAGE_MAGIC;
	size_t size = (size_t)(end - start);
	char *data;
	uint64_t found = 0;

	errno = ENOENT;
	if (end <= start || end - start > DATA_MAX)
		return 0;
	data = vmm_array_new(size, 1);
	if (read_at(memory, data, size, start) == 0) {
		errno = ENOENT;
		for (size_t at = 0; at + LEAST <= size && found == 0;
			at += VMMALLOC_PAGE_ALIGN)
			if (memcmp(data + at, magic, sizeof(magic)) == 0)
				found = start + at;
	}
	free(data);
	return found;
}

/* The page of the first library that has one, by the list of mappings. */
static uint64_t
find(int memory, FILE *maps)
{
	char *line = NULL;
	size_t size = 0;
	uint64_t found = 0;
	int err = ENOENT;

	while (found == 0 && getline(&line, &size, maps) > 0) {
		uint64_t start, end;
		char rights[5];

		if (strstr(line, "/libvmmalloc.so") == NULL ||
			sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start,
				&end, rights) != 3 ||
			strncmp(rights, "rw", 2) != 0)
			continue;
		found = find_in(memory, start, end);
		err = errno;
	}
	free(line);
	errno = err;
	return found;
}

/* The directory stays that of this process, whoever gets its number later. */
static int
open_directory(pid_t pid)
{
	char *path = vmm_text("/proc/%ld", (long)pid);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		errno = ESRCH;
	free(path);
	return fd;
}

/* A process without the library needs no right that tracing needs. */
static bool
has_library(int directory, FILE **maps)
{
	int fd = openat(directory, "maps", O_RDONLY | O_CLOEXEC);
	char *line = NULL;
	size_t size = 0;
	bool has = false;

	*maps = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (*maps == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!has && getline(&line, &size, *maps) > 0)
		has = strstr(line, "/libvmmalloc.so") != NULL;
	free(line);
	errno = ENOENT;
	rewind(*maps);
	return has;
}

int
vmm_live_page_open(struct vmm_live_page *live, pid_t pid)
{
	int directory = open_directory(pid);
	FILE *maps = NULL;
	int err;

	live->memory = -1;
	live->has_library = false;
	if (directory < 0)
		return -1;
	live->has_library = has_library(directory, &maps);
	if (!live->has_library)
		goto out;
	live->memory = openat(directory, "mem", O_RDWR | O_CLOEXEC);
	if (live->memory < 0)
		goto out;
	live->address = find(live->memory, maps);
	if (live->address == 0 || read_page(live) != 0)
		goto out_memory;
	if (live->page.version == VMMALLOC_PAGE_VERSION &&
		live->page.struct_size >= LEAST)
		goto out;
	errno = EPROTO;

out_memory:
	err = errno;
	vmm_live_page_close(live);
	errno = err;
out:
	err = errno;
	if (maps != NULL)
		fclose(maps);
	close(directory);
	errno = err;
	return live->memory >= 0 ? 0 : -1;
}

void
vmm_live_page_close(struct vmm_live_page *live)
{
	if (live->memory >= 0)
		close(live->memory);
	live->memory = -1;
}

/* Whether Yama lets only parents trace a process. */
static bool
is_restricted(void)
{
	int fd = open(
		"/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	char digit = '0';
	ssize_t n = fd >= 0 ? read(fd, &digit, 1) : 0;

	if (fd >= 0)
		close(fd);
	return n == 1 && digit != '0';
}

const char *
vmm_live_page_why(int err)
{
	switch (err) {
	case ESRCH:
		return "there is no such process";
	case ENOENT:
		return "it does not use libvmmalloc 1.3 or later";
	case EPROTO:
		return "its libvmmalloc has another version of the page";
	case EACCES:
	case EPERM:
		return is_restricted()
			? "it may not be traced: kernel.yama.ptrace_scope is "
			  "not 0; try again as root"
			: "it may not be traced: it is another user's, or "
			  "protected; try again as root";
	default:
		return strerror(err);
	}
}

/* A number that the last request did not have. */
static uint64_t
make_request(const struct vmm_live_page *live, uint32_t command)
{
	struct timespec now;
	uint32_t serial;

	clock_gettime(CLOCK_MONOTONIC, &now);
	serial = (uint32_t)now.tv_nsec ^ (uint32_t)getpid() << 12;
	if (serial == 0 || serial == live->page.answered >> 32)
		serial += 1 + (serial == UINT32_MAX);
	return (uint64_t)serial << 32 | command;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int
vmm_live_page_sample(struct vmm_live_page *live)
{
	uint64_t sample = live->page.sampled + 1;
	off_t at =
		(off_t)(live->address + offsetof(struct vmmalloc_page, sample));

	return pwrite(live->memory, &sample, sizeof(sample), at) ==
			(ssize_t)sizeof(sample)
		? 0
		: -1;
}

int
vmm_live_page_ask(struct vmm_live_page *live, uint32_t command,
	unsigned int timeout_ms, int *result)
{
	static const struct timespec pause = { .tv_nsec = POLL_NS };
	uint64_t request = make_request(live, command);
	uint64_t until = now_ms() + timeout_ms;
	off_t at = (off_t)(live->address +
		offsetof(struct vmmalloc_page, request));

	if (pwrite(live->memory, &request, sizeof(request), at) !=
		(ssize_t)sizeof(request))
		return -1;
	for (;;) {
		if (read_page(live) != 0)
			return -1;
		if (live->page.answered == request)
			break;
		if (now_ms() >= until) {
			errno = ETIMEDOUT;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	*result = live->page.result;
	return 0;
}

char *
vmm_live_page_report(const struct vmm_live_page *live)
{
	uint64_t size = live->page.report_size;
	char *text;

	if (size > REPORT_MAX) {
		errno = EPROTO;
		return NULL;
	}
	text = vmm_array_new((size_t)size + 1, 1);
	text[size] = '\0';
	if (size == 0 ||
		read_at(live->memory, text, (size_t)size, live->page.report) ==
			0)
		return text;
	free(text);
	return NULL;
}
