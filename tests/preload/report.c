/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The calls that ask about the heap, and those that give hints:
 * mallinfo, mallinfo2, malloc_info, malloc_stats, malloc_trim, mallopt,
 * free_sized, free_aligned_sized.
 */
#include "test.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>

/* mallinfo is deprecated; mallinfo2 replaces it since glibc 2.33. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#ifndef HAVE_MALLINFO2
int
main(void)
{
	test_skip("this C library has no mallinfo2");
}
#else

#define BLOCKS 512
#define BLOCK_BYTES ((size_t)64 << 10) /* 32 MiB in all */

static void *blocks[BLOCKS];

static void
take_all(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(BLOCK_BYTES);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], BLOCK_BYTES, i);
	}
}

static void
free_all(void)
{
	for (unsigned int i = 0; i < BLOCKS; i++) {
		CHECK(test_is_filled(blocks[i], BLOCK_BYTES, i));
		free(blocks[i]);
	}
}

static void
fields_are_sane(void)
{
	size_t total = BLOCKS * BLOCK_BYTES;
	struct mallinfo2 before = mallinfo2();
	struct mallinfo2 full, after;
	struct mallinfo small;

	take_all();
	full = mallinfo2();
	small = mallinfo();
	free_all();
	after = mallinfo2();
	CHECK(full.arena >= total);
	CHECK(full.uordblks >= before.uordblks + total);
	CHECK(full.uordblks < before.uordblks + 2 * total);
	CHECK(full.arena == full.uordblks + full.fordblks);
	CHECK(after.uordblks < full.uordblks);
	CHECK(after.uordblks + total / 2 < full.uordblks);
	CHECK(after.keepcost <= after.fordblks);
	CHECK((size_t)small.arena == full.arena);
	CHECK((size_t)small.uordblks == full.uordblks);
	CHECK((size_t)small.fordblks == full.fordblks);
}

/* Every element that is opened is closed, in order; this is all it parses. */
static void
check_elements(const char *text)
{
	const char *open_names[32];
	unsigned int depth = 0, elements = 0;

	CHECK(strncmp(text, "<malloc version=\"", 17) == 0);
	while ((text = strchr(text, '<')) != NULL) {
		const char *end = strchr(text, '>');
		size_t n = strcspn(text + 1, " />");

		CHECK(end != NULL);
		if (text[1] == '/') {
			n = strcspn(text + 2, ">");
			CHECK(depth-- > 0);
			CHECK(strncmp(open_names[depth], text + 2, n) == 0);
		} else if (end[-1] != '/') {
			CHECK(n > 0 && depth < 32);
			open_names[depth++] = text + 1;
		}
		elements++;
		text = end;
	}
	CHECK(depth == 0);
	CHECK(elements >= 4);
}

/* The number in the last element that starts so: that of the whole heap. */
static size_t
total_of(const char *text, const char *element)
{
	const char *last = NULL;

	while ((text = strstr(text, element)) != NULL)
		last = text++;
	CHECK(last != NULL);
	last = strstr(last, "size=\"");
	CHECK(last != NULL);
	return strtoul(last + 6, NULL, 10);
}

/* Parts of glibc's text that programs look for. */
static void
check_totals(const char *text)
{
	size_t current = total_of(text, "<system type=\"current\"");

	CHECK(strncmp(text, "<malloc version=\"1\">\n<heap nr=\"0\">", 34) ==
		0);
	CHECK(strstr(text, "<sizes>") != NULL);
	total_of(text, "<total type=\"fast\"");
	total_of(text, "<total type=\"mmap\"");
	CHECK(current > 0);
	CHECK(total_of(text, "<total type=\"rest\"") <= current);
	CHECK(total_of(text, "<system type=\"max\"") >= current);
	CHECK(total_of(text, "<aspace type=\"total\"") >= current);
	CHECK(total_of(text, "<aspace type=\"mprotect\"") >= current);
}

static void
info_is_xml(void)
{
	static char text[1 << 16];
	FILE *stream = fmemopen(text, sizeof(text), "w");

	CHECK(stream != NULL);
	CHECK(malloc_info(1, stream) != 0);
	CHECK(ftell(stream) == 0);
	CHECK(malloc_info(0, stream) == 0);
	CHECK(fclose(stream) == 0);
	check_elements(text);
	check_totals(text);
}

static void
stats_go_to_stderr(void)
{
	static char text[1 << 16];
	int saved = dup(STDERR_FILENO);
	int fd = memfd_create("stats", 0);
	unsigned int lines = 0;

	CHECK(saved >= 0 && fd >= 0);
	CHECK(dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	malloc_stats();
	CHECK(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	for (char *at = text; (at = strstr(at, " = ")) != NULL; at += 3) {
		CHECK(strspn(at + 3, " 0123456789") > 0);
		lines++;
	}
	CHECK(lines >= 3);
	close(fd);
	close(saved);
}

static size_t
storage(void)
{
	return vmmalloc_host_get != NULL ? mallinfo2().arena : 0;
}

/* malloc_trim returns whether it released memory, and finds none again. */
static void
trim_says_what_it_did(void)
{
	bool has_trimmed = false;
	int result = 0;

	take_all();
	free_all();
	for (int i = 0; i < 3; i++) {
		size_t before = storage();

		result = malloc_trim(0);
		CHECK(result == 0 || result == 1);
		if (vmmalloc_host_get != NULL)
			CHECK((result == 1) == (storage() < before));
		has_trimmed |= result == 1;
	}
	/* tcmalloc does not release memory */
	if (getenv("VMMALLOC_BACKEND") == NULL ||
		strcmp(getenv("VMMALLOC_BACKEND"), "tcmalloc") != 0) {
		CHECK(has_trimmed);
	}
	/* glibc counts a page at the top that it may trim again */
	CHECK(result == 0 || vmmalloc_host_get == NULL);
	take_all();
	malloc_trim(0);
	free_all();
}

static void
options_are_accepted(void)
{
	CHECK(mallopt(M_TRIM_THRESHOLD, 1 << 20) == 1);
	CHECK(mallopt(M_TOP_PAD, 1 << 16) == 1);
	CHECK(mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1);
	CHECK(mallopt(M_MMAP_MAX, 1000) == 1);
	CHECK(mallopt(M_ARENA_MAX, 2) == 1);
	CHECK(mallopt(M_MXFAST, 64) == 1);
}

/* glibc itself returns 1 for these. */
static void
other_options_are_not(void)
{
	if (vmmalloc_host_get != NULL)
		CHECK(mallopt(-12345, 1) == 0);
}

/* In glibc since 2.43. The size is the requested one. */
static void
sized_frees(void)
{
	void (*free_sized_)(void *, size_t) =
		(void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
	void (*free_aligned_sized_)(void *, size_t, size_t) = (void (*)(void *,
		size_t, size_t))dlsym(RTLD_DEFAULT, "free_aligned_sized");

	if (free_sized_ == NULL || free_aligned_sized_ == NULL) {
		CHECK(vmmalloc_host_get == NULL);
		return;
	}
	for (size_t size = 0; size < 20000; size += 1 + size / 20) {
		for (int i = 0; i < 4; i++)
			blocks[i] = malloc(size);
		for (int i = 0; i < 4; i++)
			free_sized_(blocks[i], size);
	}
	/* more than any pool holds, unless they free */
	for (int i = 0; i < 150; i++) {
		void *p = malloc(16 * MIB);
		void *q = aligned_alloc(4096, 16 * MIB);

		CHECK(p != NULL && q != NULL);
		errno = EXDEV;
		free_sized_(p, 16 * MIB);
		free_aligned_sized_(q, 4096, 16 * MIB);
		CHECK(errno == EXDEV);
	}
	free_sized_(NULL, 10);
	free_aligned_sized_(NULL, 64, 64);
}

int
main(void)
{
	options_are_accepted();
	other_options_are_not();
	fields_are_sane();
	info_is_xml();
	stats_go_to_stderr();
	trim_says_what_it_did();
	sized_frees();
	return 0;
}

#endif /* HAVE_MALLINFO2 */
