/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A stand-in for builds of jemalloc that no distribution has any more: with
 * prefixed names, of a version set by OLD_VERSION, and with the peculiarities
 * that the adapter must handle. An arena gets hooks only after its first block
 * (5.0), and a large block that calloc reuses is not cleared, because it is
 * assumed that MADV_DONTNEED does so (5.0 and 5.1). Blocks are powers of two;
 * for one thread only.
 */
#include <jemalloc/jemalloc.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENAS 3
#define CHUNK ((size_t)1 << 20)
#define LARGE ((size_t)16 << 10)
#define SHIFTS 40

struct block {
	size_t size; /* usable bytes */
	unsigned int arena;
	unsigned int shift;
	struct block *next;
	void *start; /* of an aligned block: its real start */
};

static struct arena {
	extent_hooks_t *hooks;
	bool is_there;
	char *next; /* the rest of a chunk */
	char *end;
	struct block *unused[SHIFTS];
} arenas[ARENAS];

static char outside[ARENAS][CHUNK] __attribute__((aligned(4096)));

static const char *
version(void)
{
	const char *text = getenv("OLD_VERSION");

	return text != NULL ? text : "5.0.1-0-g0";
}

static bool
get_chunk(unsigned int index, size_t size)
{
	struct arena *arena = &arenas[index];
	bool zero = false, commit = true;
	static unsigned int taken;

	size = (size + CHUNK - 1) & ~(CHUNK - 1);
	if (arena->hooks != NULL)
		arena->next = (char *)arena->hooks->alloc(
			arena->hooks, NULL, size, 4096, &zero, &commit, index);
	else if (taken < ARENAS && size == CHUNK)
		arena->next = outside[taken++];
	else
		arena->next = NULL;
	arena->end = arena->next != NULL ? arena->next + size : NULL;
	return arena->next != NULL;
}

static struct block *
get_block(size_t size, unsigned int index)
{
	struct arena *arena = &arenas[index];
	unsigned int shift = 4;
	struct block *block;
	size_t total;

	if (size > PTRDIFF_MAX)
		return NULL;
	while (((size_t)1 << shift) < size)
		shift++;
	block = arena->unused[shift];
	arena->is_there = true;
	if (block != NULL) {
		arena->unused[shift] = block->next;
		return block;
	}
	total = sizeof(*block) + ((size_t)1 << shift);
	if ((size_t)(arena->end - arena->next) < total &&
		!get_chunk(index, total))
		return NULL;
	block = (struct block *)arena->next;
	arena->next += total + total % 16;
	block->size = (size_t)1 << shift;
	block->arena = index;
	block->shift = shift;
	block->start = block + 1;
	return block;
}

static struct block *
block_of(void *ptr)
{
	struct block *block = (struct block *)ptr - 1;

	/* an aligned block has a second header, with the real start */
	return block->start == ptr ? block : (struct block *)block->start - 1;
}

void *
je_mallocx(size_t size, int flags)
{
	unsigned int arena = (unsigned int)flags >> 20;
	struct block *block = get_block(size, arena > 0 ? arena - 1 : 0);

	if (block == NULL)
		return NULL;
	if ((flags & MALLOCX_ZERO) &&
		(size < LARGE || strcmp(version(), "5.2") >= 0))
		memset(block + 1, 0, block->size);
	return block + 1;
}

void
je_dallocx(void *ptr, int flags)
{
	struct block *block = block_of(ptr);
	struct arena *arena = &arenas[block->arena];

	(void)flags;
	block->next = arena->unused[block->shift];
	arena->unused[block->shift] = block;
}

void *
je_malloc(size_t size)
{
	void *ptr = je_mallocx(size, MALLOCX_ARENA(1));

	if (ptr == NULL)
		errno = ENOMEM;
	return ptr;
}

void
je_free(void *ptr)
{
	je_dallocx(ptr, 0);
}

void *
je_calloc(size_t nmemb, size_t size)
{
	void *ptr = NULL;

	if (!__builtin_mul_overflow(nmemb, size, &size))
		ptr = je_mallocx(size, MALLOCX_ARENA(1) | MALLOCX_ZERO);
	if (ptr == NULL)
		errno = ENOMEM;
	return ptr;
}

size_t
je_malloc_usable_size(void *ptr)
{
	struct block *block = block_of(ptr);

	return block->size - (size_t)((char *)ptr - (char *)(block + 1));
}

void *
je_realloc(void *ptr, size_t size)
{
	size_t had = je_malloc_usable_size(ptr);
	void *moved = je_malloc(size);

	if (moved == NULL)
		return NULL;
	memcpy(moved, ptr, had < size ? had : size);
	je_free(ptr);
	return moved;
}

void *
je_aligned_alloc(size_t alignment, size_t size)
{
	char *start = NULL;
	char *ptr;

	if (alignment < PTRDIFF_MAX / 2 && size < PTRDIFF_MAX / 2)
		start = (char *)je_malloc(
			size + alignment + sizeof(struct block));
	if (start == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	if ((uintptr_t)start % alignment == 0)
		return start;
	/* leave room before it for that header */
	ptr = start + sizeof(struct block) + alignment - 1;
	ptr -= (uintptr_t)ptr % alignment;
	((struct block *)ptr - 1)->start = start;
	return ptr;
}

/* Whether the adapter's or the user's options include this one. */
static bool
has_option(const char *option)
{
	const char *user = getenv("OLD_CONF");

	return (je_malloc_conf != NULL &&
		       strstr(je_malloc_conf, option) != NULL) ||
		(user != NULL && strstr(user, option) != NULL);
}

static int
give(const void *value, size_t size, void *oldp, size_t *oldlenp)
{
	if (oldp == NULL)
		return 0;
	if (*oldlenp != size)
		return EINVAL;
	memcpy(oldp, value, size);
	return 0;
}

static int
control_arena(const char *name, void *oldp, size_t *oldlenp, void *newp)
{
	char *end;
	unsigned long index = strtoul(name, &end, 10);

	if (index >= ARENAS)
		return ENOENT;
	if (strcmp(end, ".initialized") == 0)
		return give(
			&arenas[index].is_there, sizeof(bool), oldp, oldlenp);
	if (strcmp(end, ".extent_hooks") != 0)
		return ENOENT;
	if (!arenas[index].is_there)
		return EFAULT;
	memcpy(&arenas[index].hooks, newp, sizeof(void *));
	return 0;
}

int
je_mallctl(const char *name, void *oldp, size_t *oldlenp, void *newp,
	size_t newlen)
{
	const char *text = version();
	unsigned int n = ARENAS, bins = 8, bin;
	size_t bin_size;
	size_t page = has_option("page:1k") ? 1024 : 4096;
	bool retain = !has_option("retain:false");
	bool xmalloc = has_option("xmalloc:true");

	(void)newlen;
	if (strcmp(name, "version") == 0)
		return give(&text, sizeof(text), oldp, oldlenp);
	if (strcmp(name, "arenas.narenas") == 0)
		return give(&n, sizeof(n), oldp, oldlenp);
	if (strcmp(name, "arenas.page") == 0)
		return give(&page, sizeof(page), oldp, oldlenp);
	if (strcmp(name, "arenas.nbins") == 0)
		return give(&bins, sizeof(bins), oldp, oldlenp);
	if (sscanf(name, "arenas.bin.%u.size", &bin) == 1) {
		bin_size = (size_t)16 << bin;
		return give(&bin_size, sizeof(bin_size), oldp, oldlenp);
	}
	if (strcmp(name, "opt.retain") == 0)
		return give(&retain, sizeof(retain), oldp, oldlenp);
	if (strcmp(name, "opt.xmalloc") == 0)
		return give(&xmalloc, sizeof(xmalloc), oldp, oldlenp);
	if (strncmp(name, "arena.", 6) == 0)
		return control_arena(name + 6, oldp, oldlenp, newp);
	return ENOENT;
}

/* As in jemalloc: unknown options are reported on stderr at the start. */
__attribute__((constructor)) static void
read_options(void)
{
	if (has_option("oversize_threshold") && strcmp(version(), "5.2") < 0)
		fputs("<jemalloc>: Invalid conf pair: oversize_threshold\n",
			stderr);
}

/* A weak definition, for a program that has none. */
__attribute__((weak)) const char *je_malloc_conf = NULL;
