/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests in the statistics page are answered by a program that allocates;
 * those that the library does not know, and any other number, do nothing. A
 * child of fork does not answer what its parent was asked.
 */
#include "page.h"
#include "platform.h"
#include "test.h"

#include <sys/wait.h>

#define WORDS 200
#define SIZE_LIMIT 300000
#define LARGE (64 * MIB)
#define LITTLE (8 * MIB)

static volatile struct vmmalloc_page *page;
static uint64_t serial;
static char *previous; /* a list of all blocks, so that the heap grows */

/* A block that stays, and one that does not. */
static void
allocate(void)
{
	static uint64_t count;
	size_t size = 16 + count++ * 7919 % SIZE_LIMIT;
	char **block = malloc(size);

	CHECK(block != NULL);
	*block = previous;
	previous = (char *)block;
	free(calloc(1, size / 2));
}

static void
free_all(void)
{
	while (previous != NULL) {
		char *block = previous;

		memcpy(&previous, block, sizeof(previous));
		free(block);
	}
}

static int
request_word(uint64_t word)
{
	uint64_t until = 500;

	__atomic_store_n(&page->request, word, __ATOMIC_RELEASE);
	/* a heap that has memory left asks for none for a while */
	while (__atomic_load_n(&page->answered, __ATOMIC_ACQUIRE) != word) {
		allocate();
		if (--until == 0) {
			usleep(1000);
			until = 20;
		}
	}
	return page->result;
}

static int
request(uint32_t command)
{
	return request_word(++serial << 32 | command);
}

static bool
is_done(int result)
{
	return result == VMMALLOC_PAGE_DONE || result == VMMALLOC_PAGE_PARTLY;
}

/* The call that answers may commit a little more, or purge, after that. */
static void
peak_is_reset(void)
{
	void *large = malloc(LARGE);

	CHECK(large != NULL);
	test_fill(large, LARGE, 1);
	free(large);
	free_all();
	CHECK(is_done(request(VMMALLOC_PAGE_PURGE)));
	CHECK(request(VMMALLOC_PAGE_RESET_PEAK) == VMMALLOC_PAGE_DONE);
	CHECK(page->committed_peak >= page->committed);
	CHECK(page->committed_peak - page->committed <= LITTLE);
}

static void
report_is_made(void)
{
	const char *text;

	CHECK(is_done(request(VMMALLOC_PAGE_DUMP)));
	text = (const char *)(uintptr_t)page->report;
	CHECK(strncmp(text, "{\"schema\": 1,", 13) == 0);
	CHECK(strlen(text) == page->report_size);
	CHECK(strcmp(text + page->report_size - 2, "}\n") == 0);
}

static void
others_do_nothing(void)
{
	uint64_t word = 88172645463325252u;

	CHECK(request(0) == EINVAL);
	CHECK(request(VMMALLOC_PAGE_PROFILE) == ENOENT);
	CHECK(request(UINT32_MAX) == EINVAL);
	for (int i = 0; i < WORDS; i++) {
		word ^= word << 13;
		word ^= word >> 7;
		word ^= word << 17;
		if ((uint32_t)word > VMMALLOC_PAGE_PROFILE)
			CHECK(request_word(word) == EINVAL);
		free_all();
	}
}

static void
child_answers_nothing(void)
{
	int status;
	pid_t pid;

	__atomic_store_n(&page->request, 1, __ATOMIC_RELEASE);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(page->request == 0 && page->answered == 0);
		peak_is_reset();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int
main(void)
{
	page = page_find();
	for (int i = 0; i < 1000; i++)
		allocate();
	peak_is_reset();
	report_is_made();
	others_do_nothing();
	child_answers_nothing();
	free_all();
	return 0;
}
