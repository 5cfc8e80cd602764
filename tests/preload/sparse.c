/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * In a pool in memory nothing is backed before it is touched, as with any
 * malloc: of a large array only the part that is used takes up memory. Huge
 * pages do not change that by more than one of them for each place that is
 * touched, and without them it is true of single pages. What is freed and
 * trimmed returns to the system.
 */
#include "usage.h"

#define ARRAY (1024 * MIB)
#define SLACK (8 * MIB)
#define HUGE_PAGE (2 * MIB)

/* Memory in use beyond what there was, in bytes. */
static size_t
used_since(size_t before)
{
	size_t now = usage_status("RssAnon");

	return now > before ? now - before : 0;
}

static bool
uses_huge_pages(void)
{
	const char *value = getenv("VMMALLOC_HUGE_PAGES");

	return value == NULL || strcmp(value, "0") != 0;
}

static void
touch(char *array, size_t size, size_t step)
{
	for (size_t i = 0; i < size; i += step)
		array[i] = 1;
}

/* The first tenth, and every tenth piece. */
static void
use_tenth(char *(*get)(void), size_t piece)
{
	size_t start = usage_status("RssAnon");
	size_t before = start;
	char *array = get();

	CHECK(array != NULL && test_is_in_pool(array));
	CHECK(used_since(before) < SLACK);
	touch(array, ARRAY / 10, 4096);
	CHECK(used_since(before) >= ARRAY / 10 - SLACK);
	CHECK(used_since(before) < ARRAY / 10 + SLACK);
	free(array);
	CHECK(usage_is_kept() || usage_falls_by_trim(before + SLACK));

	array = get();
	CHECK(array != NULL);
	before = usage_status("RssAnon");
	touch(array, ARRAY, 10 * piece);
	CHECK(used_since(before) < ARRAY / 10 + SLACK);
	free(array);
	CHECK(usage_is_kept() || usage_falls_by_trim(start + SLACK));
}

static char *
by_malloc(void)
{
	return malloc(ARRAY);
}

/* Zeroed memory need not be touched to be zero. */
static char *
by_calloc(void)
{
	char *array = calloc(ARRAY / 16, 16);

	CHECK(array == NULL || (array[0] == 0 && array[ARRAY - 1] == 0));
	return array;
}

/* Nor need it be filled with zeroes if it was just used. */
static void
use_again(size_t piece)
{
	size_t before = usage_status("RssAnon");
	char *array = by_calloc();

	CHECK(array != NULL);
	touch(array, ARRAY, 10 * piece);
	free(array);
	array = by_calloc();
	CHECK(array != NULL);
	CHECK(used_since(before) < ARRAY / 10 + SLACK);
	for (size_t i = 0; i < ARRAY; i += 10 * piece)
		CHECK(array[i] == 0);
	free(array);
}

int
main(void)
{
	size_t piece =
		uses_huge_pages() ? HUGE_PAGE : (size_t)sysconf(_SC_PAGESIZE);

	if (!usage_is_kept()) { /* memory that was used must be cleared */
		use_again(piece);
		use_tenth(by_calloc, piece);
	}
	use_tenth(by_malloc, piece);
	return 0;
}
