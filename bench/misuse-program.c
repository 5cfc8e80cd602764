/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One misuse of the heap; run by bench/misuse. Called as
 *
 *	misuse-program KIND SIZE
 *	misuse-program list
 *
 * Prints "missed" if the program got its way. If it ends without that word, or
 * is terminated before, the misuse was found. Status 3: it could not be tried.
 * Before the misuse nothing is allocated that the misuse does not need, so that
 * a heap is as it is at the start of a program.
 */
#include "config.h"

#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1l << 20)
#define GIB (1l << 30)
#define LARGEST (256l << 10)

/* Blocks that a program allocates between a misuse and its effect. */
#define MANY 4096
#define SOME 1024
#define BYTES_AT_MOST ((size_t)512 << 20)

#define COULD_NOT_TRY 3

struct kind {
	const char *name;
	bool (*is_missed)(size_t size, long by);
	long by; /* bytes, if the kind has a distance */
};

/*
 * The compiler knows malloc, free and memcpy, and would warn of what follows or
 * drop it. It does not know these.
 */
static void *(*volatile take)(size_t size) = malloc;
static void *(*volatile retake)(void *block, size_t size) = realloc;
static void (*volatile give)(void *block) = free;
static void *(*volatile copy)(void *to, const void *from, size_t n) = memcpy;
static void *(*volatile fill)(void *block, int byte, size_t n) = memset;
static size_t (*volatile usable)(void *block) = malloc_usable_size;

static char *
block_of(size_t size)
{
	char *block = take(size);

	if (block == NULL)
		_exit(COULD_NOT_TRY);
	return block;
}

/* Allocates and frees blocks of the size, one at a time. */
static void
go_on(size_t size, size_t n)
{
	if (n * size > BYTES_AT_MOST)
		n = BYTES_AT_MOST / size;
	for (; n > 0; n--)
		give(block_of(size));
}

/* Writes one byte that lies `by` bytes behind the last one, or before the
 * first. */
static bool
store_outside(size_t size, long by)
{
	char *block = block_of(size);
	volatile char *at = by > 0 ? block + size - 1 + by : block + by;

	*at = (char)~*at; /* always another value */
	give(block);
	return true;
}

/* Copies to the whole block and beyond, or to a block that starts earlier. */
static bool
copy_outside(size_t size, long by)
{
	char zeros[LARGEST + MIB];
	char *block = block_of(size);

	fill(zeros, 0, sizeof(zeros));
	if (by > 0)
		copy(block, zeros, size + (size_t)by);
	else
		copy(block + by, zeros, size);
	return true;
}

static bool
read_empty(size_t size, long by)
{
	volatile char *block = take(0);

	(void)size;
	if (block == NULL)
		return false;
	putchar(*block);
	if (by != 0)
		give((char *)block);
	return true;
}

static bool
write_empty(size_t size, long by)
{
	volatile char *block = take(0);

	(void)size;
	if (block == NULL)
		return false;
	*block = 'A';
	if (by != 0)
		give((char *)block);
	return true;
}

static bool
free_twice(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	give(block);
	give(block);
	return true;
}

static bool
free_twice_around(size_t size, long by)
{
	char *block = block_of(size), *other = block_of(size);

	(void)by;
	give(block);
	give(other);
	give(block);
	return true;
}

static bool
free_twice_later(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	give(block);
	for (int i = 0; i < SOME; i++)
		give(block_of(size));
	give(block);
	return true;
}

/* The second owner of the block loses it. */
static bool
free_twice_reused(size_t size, long by)
{
	char *block = block_of(size), *other;

	(void)by;
	give(block);
	other = block_of(size);
	give(block);
	give(other);
	return true;
}

/* The block does not border on free memory: stdio has its buffer behind it. */
static bool
free_twice_and_go_on(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	puts("go on");
	give(block);
	give(block);
	go_on(size, (size_t)64 * MANY);
	return true;
}

static bool
free_at(size_t size, long by)
{
	give(block_of(size) + by);
	return true;
}

static bool
free_number(size_t size, long by)
{
	(void)size;
	give((void *)(uintptr_t)by);
	return true;
}

static bool
free_array(size_t size, long by)
{
	char array[LARGEST];

	(void)by;
	give(array + ((LARGEST - size) & ~15ul)); /* aligned as blocks are */
	return true;
}

static bool
free_alloca(size_t size, long by)
{
	(void)by;
	give(__builtin_alloca(size));
	return true;
}

static bool
take_too_much(size_t size, long by)
{
	void *block = take((size_t)by);

	(void)size;
	if (block == NULL)
		return false;
	give(block);
	return true;
}

static void
return_at_once(void)
{
}

/* Runs code that is in a block. */
static bool
run_block(size_t size, long by)
{
#if defined(__x86_64__) || defined(__i386__)
	static const unsigned char code[] = { 0xc3 };
#elif defined(__aarch64__)
	static const unsigned char code[] = { 0xc0, 0x03, 0x5f, 0xd6 };
#else
	static const unsigned char code[] = { 0 };
#endif
	char *block = block_of(size);
	void (*call)(void) = return_at_once;

	(void)by;
	if (code[0] == 0) /* another architecture */
		_exit(COULD_NOT_TRY);
	copy(block, code, sizeof(code));
	__builtin___clear_cache(block, block + sizeof(code));
	copy(&call, &block, sizeof(call));
	call();
	return true;
}

/* A block has the address of one that was just freed, which was larger. */
static bool
reuse_at_once(size_t size, long by)
{
	char *block = block_of(size);

	give(block);
	return block_of(size / (size_t)by) == block;
}

static bool
has_other_than_0(const volatile char *block, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (block[i] != 0)
			return true;
	return false;
}

/* The contents of a block can be read after it was freed. */
static bool
read_freed(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	fill(block, 'A', size);
	give(block);
	return has_other_than_0(block, size);
}

/* The contents of freed blocks can be read in a new one. */
static bool
read_new(size_t size, long by)
{
	size_t n = size * MANY > BYTES_AT_MOST ? BYTES_AT_MOST / size : MANY;
	char *block[MANY];

	(void)by;
	for (size_t i = 0; i < n; i++) {
		block[i] = block_of(size);
		fill(block[i], 'A', size);
	}
	for (size_t i = 0; i < n; i++)
		give(block[i]);
	return has_other_than_0(block_of(size), size);
}

static bool
write_freed(size_t size, long by)
{
	char *block = block_of(size);

	give(block);
	fill(block, 'A', size);
	if (by != 0)
		go_on(size, (size_t)64 * MANY);
	return true;
}

/* Writes through the pointer that realloc was given. */
static bool
write_moved(size_t size, long by)
{
	char *block = block_of((size_t)by);

	(void)size;
	if (retake(block, 1024) == block)
		return true;
	fill(block, 'A', (size_t)by);
	return true;
}

/* Not in the other suite */

/* The second free follows two others; then its block is allocated twice. */
static bool
take_twice(size_t size, long by)
{
	char *block[3], *again[64];

	(void)by;
	for (int i = 0; i < 3; i++)
		block[i] = block_of(size);
	for (int i = 0; i < 3; i++)
		give(block[i]);
	give(block[0]);
	for (int i = 0; i < 64; i++) {
		again[i] = block_of(size);
		for (int k = 0; k < i; k++)
			if (again[i] == again[k])
				return true;
	}
	return false;
}

static void *
free_block(void *block)
{
	give(block);
	return NULL;
}

static bool
free_in_thread(size_t size, long by)
{
	char *block = block_of(size);
	pthread_t thread;

	(void)by;
	give(block);
	if (pthread_create(&thread, NULL, free_block, block) != 0)
		_exit(COULD_NOT_TRY);
	pthread_join(thread, NULL);
	return true;
}

static bool
realloc_freed(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	give(block);
	return retake(block, size * 2) != NULL;
}

static bool
realloc_at(size_t size, long by)
{
	return retake(block_of(size) + by, size * 2) != NULL;
}

static bool
usable_freed(size_t size, long by)
{
	char *block = block_of(size);

	(void)by;
	give(block);
	return usable(block) != 0;
}

static const struct kind kinds[] = {
	{ "overflow-1", store_outside, 1 },
	{ "overflow-32", store_outside, 32 },
	{ "overflow-1M", store_outside, MIB },
	{ "overflow-1-copy", copy_outside, 1 },
	{ "overflow-32-copy", copy_outside, 32 },
	{ "overflow-1M-copy", copy_outside, MIB },
	{ "underflow-1", store_outside, -1 },
	{ "underflow-32", store_outside, -32 },
	{ "underflow-1M", store_outside, -MIB },
	{ "underflow-1-copy", copy_outside, -1 },
	{ "underflow-32-copy", copy_outside, -32 },
	{ "underflow-1M-copy", copy_outside, -MIB },
	{ "read-empty", read_empty, 0 },
	{ "read-empty-free", read_empty, 1 },
	{ "write-empty", write_empty, 0 },
	{ "write-empty-free", write_empty, 1 },
	{ "double-free", free_twice, 0 },
	{ "double-free-around", free_twice_around, 0 },
	{ "double-free-later", free_twice_later, 0 },
	{ "double-free-reused", free_twice_reused, 0 },
	{ "double-free-go-on", free_twice_and_go_on, 0 },
	{ "free-number", free_number, 1 },
	{ "free-array", free_array, 0 },
	{ "free-alloca", free_alloca, 0 },
	{ "free-unaligned", free_at, 1 },
	{ "free-inner-8", free_at, 8 },
	{ "free-inner-4K", free_at, 4096 },
	{ "free-outside", free_at, GIB },
	{ "write-freed", write_freed, 0 },
	{ "write-freed-go-on", write_freed, 1 },
	{ "write-moved", write_moved, 8 },
	{ "read-freed", read_freed, 0 },
	{ "read-new", read_new, 0 },
	{ "reuse-same", reuse_at_once, 1 },
	{ "reuse-half", reuse_at_once, 2 },
	{ "too-large", take_too_much, -2 },
	{ "run-block", run_block, 0 },
	/* our own */
	{ "own-take-twice", take_twice, 0 },
	{ "own-free-in-thread", free_in_thread, 0 },
	{ "own-realloc-freed", realloc_freed, 0 },
	{ "own-realloc-inner", realloc_at, 16 },
	{ "own-usable-freed", usable_freed, 0 },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < KINDS && strcmp(name, "list") == 0; i++)
		puts(kinds[i].name);
	for (size_t i = 0; i < KINDS && argc > 2; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		if (kinds[i].is_missed(
			    strtoul(argv[2], NULL, 10), kinds[i].by)) {
			/* as a program that goes on: stdio calls malloc */
			puts("missed");
			fflush(stdout);
		}
		return 0;
	}
	return strcmp(name, "list") == 0 ? 0 : 2;
}
