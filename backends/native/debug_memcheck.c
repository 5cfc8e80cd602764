/* SPDX-License-Identifier: BSD-3-Clause */
/* Client requests to memcheck; see debug_memcheck.h. */
#include "config.h"

#include "backends/native/debug_memcheck.h"

#ifdef HAVE_VALGRIND_MEMCHECK_H
#include <valgrind/helgrind.h>
#include <valgrind/memcheck.h> /* sets NVALGRIND on unknown machines */
#else
#define NVALGRIND 1
#endif

#ifndef NVALGRIND

static bool is_on;
static bool is_other; /* another tool, such as helgrind or drd */

void
nat_memcheck_init(void)
{
	static char byte;

	/* other tools, and no tool, answer 0 */
	is_on = VALGRIND_MAKE_MEM_DEFINED(&byte, sizeof(byte)) != 0;
	is_other = RUNNING_ON_VALGRIND && !is_on;
}

bool
nat_memcheck_is_on(void)
{
	return is_on;
}

void
nat_memcheck_alloc(
	void *start, size_t total, void *block, size_t size, size_t before)
{
	if (!is_on)
		return;
	VALGRIND_MAKE_MEM_NOACCESS(start, total);
	VALGRIND_MALLOCLIKE_BLOCK(block, size, before, 0);
}

void
nat_memcheck_free(void *block, size_t before)
{
	if (is_on)
		VALGRIND_FREELIKE_BLOCK(block, before);
}

void
nat_memcheck_resize(void *block, size_t old_size, size_t size, size_t before)
{
	if (is_on)
		VALGRIND_RESIZEINPLACE_BLOCK(block, old_size, size, before);
}

void
nat_memcheck_hand_over(void *start, size_t size)
{
	/* drd's request has the same number */
	if (is_other)
		VALGRIND_HG_CLEAN_MEMORY(start, size);
}

#else

void
nat_memcheck_init(void)
{
}

void
nat_memcheck_hand_over(void *start, size_t size)
{
	(void)start;
	(void)size;
}

bool
nat_memcheck_is_on(void)
{
	return false;
}

void
nat_memcheck_alloc(
	void *start, size_t total, void *block, size_t size, size_t before)
{
	(void)start;
	(void)total;
	(void)block;
	(void)size;
	(void)before;
}

void
nat_memcheck_free(void *block, size_t before)
{
	(void)block;
	(void)before;
}

void
nat_memcheck_resize(void *block, size_t old_size, size_t size, size_t before)
{
	(void)block;
	(void)old_size;
	(void)size;
	(void)before;
}

#endif
