/* SPDX-License-Identifier: BSD-3-Clause */
/* Slabs, bins and arenas; see slab.h. */
#include "config.h"

#include "backends/native/slab.h"

#include "backends/native/map.h"
#include "backends/native/meta.h"
#include "vmmalloc/backend.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#define ARENAS_MAX 64u

/* Slabs without blocks that a bin keeps: the next malloc may want one. */
#define EMPTY_KEPT 1u

/* Fresh blocks are committed in steps of at least so many bytes. */
#define CARVE_STEP ((size_t)16 << 10)

struct nat_slab {
	struct nat_slab *next, **link; /* in the bin, where any block is free */
	struct nat_arena *arena;
	char *start;
	uint16_t carved; /* blocks from here on were never used */
	uint16_t n_free; /* the uncarved included */
	uint8_t class;
	uint64_t free[]; /* a bit a block: 1 is free */
};

struct bin {
	pthread_mutex_t lock;
	struct nat_slab *partial; /* slabs with free blocks */
	unsigned int n_empty;	  /* of them, slabs with free blocks only */
	uint32_t n_slabs;
	uint64_t n_out; /* blocks taken and not put back */
} __attribute__((aligned(64)));

struct nat_arena {
	unsigned int threads;
	struct bin bins[NAT_CLASS_COUNT];
};

/* What is the same for all slabs of a class. */
static struct shape {
	uint32_t size; /* of a block */
	uint32_t bytes;
	uint32_t inverse; /* offset / size == offset * inverse >> 32 */
	uint16_t capacity;
	uint16_t carve; /* blocks to commit at once */
} shapes[NAT_CLASS_COUNT];

static const struct vmmalloc_host *host;
static struct nat_arena *arenas;
static unsigned int n_arenas;
static pthread_mutex_t arenas_lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * The smallest whole number of pages that holds enough blocks and has less
 * than 1/64 left over; small slabs become empty, and reusable, sooner.
 */
static size_t
slab_bytes(size_t size, size_t page)
{
	size_t least = size <= 512 ? (size_t)16 << 10
		: size <= 2048	   ? (size_t)32 << 10
		: size <= 8192	   ? 8 * size
				   : 4 * size;
	size_t bytes = (least + page - 1) / page * page;

	while (bytes % size > bytes / 64 && bytes < 2 * least)
		bytes += page;
	return bytes;
}

static void
init_shapes(size_t page)
{
	for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
		size_t size = nat_class_size(c);
		size_t bytes = slab_bytes(size, page);

		shapes[c] = (struct shape){
			.size = (uint32_t)size,
			.bytes = (uint32_t)bytes,
			.inverse = (uint32_t)(((UINT64_C(1) << 32) + size - 1) /
				size),
			.capacity = (uint16_t)(bytes / size),
			.carve = (uint16_t)((CARVE_STEP + size - 1) / size),
		};
	}
}

int
nat_slab_init(const struct vmmalloc_host *the_host)
{
	cpu_set_t cpus;

	host = the_host;
	init_shapes(host->page_size);
	n_arenas = 1;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		n_arenas = (unsigned int)CPU_COUNT(&cpus);
	if (n_arenas > ARENAS_MAX)
		n_arenas = ARENAS_MAX;
	arenas = nat_meta_map(n_arenas * sizeof(*arenas));
	if (arenas == NULL)
		return -1;
	for (unsigned int a = 0; a < n_arenas; a++)
		for (unsigned int c = 0; c < NAT_CLASS_COUNT; c++)
			pthread_mutex_init(&arenas[a].bins[c].lock, NULL);
	return 0;
}

struct nat_arena *
nat_arena_join(void)
{
	struct nat_arena *least;

	pthread_mutex_lock(&arenas_lock);
	least = &arenas[0];
	for (unsigned int a = 1; a < n_arenas; a++)
		if (arenas[a].threads < least->threads)
			least = &arenas[a];
	least->threads++;
	pthread_mutex_unlock(&arenas_lock);
	return least;
}

void
nat_arena_leave(struct nat_arena *arena)
{
	pthread_mutex_lock(&arenas_lock);
	arena->threads--;
	pthread_mutex_unlock(&arenas_lock);
}

void
nat_arena_leave_all(struct nat_arena *arena)
{
	for (unsigned int a = 0; a < n_arenas; a++)
		arenas[a].threads = &arenas[a] == arena ? 1 : 0;
}

struct nat_arena *
nat_arena_first(void)
{
	return &arenas[0];
}

static void
link_slab(struct bin *bin, struct nat_slab *slab)
{
	slab->next = bin->partial;
	slab->link = &bin->partial;
	if (slab->next != NULL)
		slab->next->link = &slab->next;
	bin->partial = slab;
}

static void
unlink_slab(struct nat_slab *slab)
{
	*slab->link = slab->next;
	if (slab->next != NULL)
		slab->next->link = slab->link;
}

static size_t
record_bytes(unsigned int class)
{
	return sizeof(struct nat_slab) +
		(shapes[class].capacity + 63u) / 64 * sizeof(uint64_t);
}

/* Marks the pages of a slab in the page map, or as unused. */
static void
mark_pages(const struct nat_slab *slab, unsigned int class, uint32_t number)
{
	uintptr_t page = nat_map_page(slab->start);
	size_t n = shapes[slab->class].bytes >> NAT_PAGE_SHIFT;

	memset(&nat_map.class_of[page], (int)class, n);
	for (size_t i = 0; i < n; i++)
		nat_map.word_of[page + i] = number;
}

static struct nat_slab *
create_slab(struct nat_arena *arena, unsigned int class)
{
	const struct shape *shape = &shapes[class];
	struct nat_slab *slab = nat_meta_alloc(record_bytes(class));

	if (slab == NULL)
		return NULL;
	slab->start = host->extent_alloc(
		NULL, shape->bytes, 0, VMMALLOC_EXTENT_NOCOMMIT, NULL);
	if (slab->start == NULL) {
		nat_meta_free(slab, record_bytes(class));
		return NULL;
	}
	slab->arena = arena;
	slab->class = (uint8_t) class;
	slab->n_free = shape->capacity;
	mark_pages(slab, class, nat_meta_number(slab));
	return slab;
}

/* The slab is in no bin any more. */
static void
destroy_slab(struct nat_slab *slab)
{
	size_t bytes = shapes[slab->class].bytes;
	char *start = slab->start;

	mark_pages(slab, NAT_CLASS_NONE, 0);
	nat_meta_free(slab, record_bytes(slab->class));
	host->extent_free(start, bytes);
}

/* Makes more blocks usable; false where there is no storage for them. */
static bool
carve(struct nat_slab *slab)
{
	const struct shape *shape = &shapes[slab->class];
	size_t from = (size_t)slab->carved * shape->size;
	unsigned int last = slab->carved + shape->carve;
	size_t to;

	if (last > shape->capacity)
		last = shape->capacity;
	from = from / host->page_size * host->page_size;
	to = ((size_t)last * shape->size + host->page_size - 1) /
		host->page_size * host->page_size;
	if (host->commit(slab->start + from, to - from) != 0)
		return false;
	for (unsigned int i = slab->carved; i < last; i++)
		slab->free[i / 64] |= UINT64_C(1) << i % 64;
	slab->carved = (uint16_t)last;
	return true;
}

/* Takes up to n carved blocks, the lowest first, to blocks[n - 1] and down. */
static size_t
take_carved(struct nat_slab *slab, void **blocks, size_t n)
{
	size_t size = shapes[slab->class].size;
	size_t words = (slab->carved + 63u) / 64;
	size_t taken = 0;

	for (size_t w = 0; w < words && taken < n; w++) {
		uint64_t word = slab->free[w];

		for (; word != 0 && taken < n; word &= word - 1) {
			size_t i = w * 64 + (size_t)__builtin_ctzll(word);

			blocks[n - ++taken] = slab->start + i * size;
		}
		slab->free[w] = word;
	}
	slab->n_free = (uint16_t)(slab->n_free - taken);
	return taken;
}

/* One slab with free blocks at the head of the bin, or NULL. */
static struct nat_slab *
need_slab(struct nat_arena *arena, struct bin *bin, unsigned int class)
{
	struct nat_slab *slab = bin->partial;

	if (slab != NULL)
		return slab;
	slab = create_slab(arena, class);
	if (slab != NULL) {
		link_slab(bin, slab);
		bin->n_slabs++;
		bin->n_empty++;
	}
	return slab;
}

/* There is no storage for fresh blocks: takes any that were used before. */
static size_t
take_leftovers(struct bin *bin, void **blocks, size_t n)
{
	struct nat_slab *slab, *next;
	size_t left = n;

	for (slab = bin->partial; slab != NULL && left > 0; slab = next) {
		const struct shape *shape = &shapes[slab->class];
		bool was_empty = slab->n_free == shape->capacity;

		next = slab->next;
		left -= take_carved(slab, blocks, left);
		if (was_empty && slab->n_free < shape->capacity)
			bin->n_empty--;
		if (slab->n_free == 0)
			unlink_slab(slab);
	}
	return n - left;
}

size_t
nat_slab_take(
	struct nat_arena *arena, unsigned int class, void **blocks, size_t n)
{
	struct bin *bin = &arena->bins[class];
	size_t left = n;

	pthread_mutex_lock(&bin->lock);
	while (left > 0) {
		struct nat_slab *slab = need_slab(arena, bin, class);
		size_t taken;

		if (slab == NULL)
			break;
		if (slab->n_free == shapes[class].capacity)
			bin->n_empty--;
		taken = take_carved(slab, blocks, left);
		if (taken == 0 && carve(slab))
			taken = take_carved(slab, blocks, left);
		left -= taken;
		if (slab->n_free == 0)
			unlink_slab(slab);
		else if (slab->n_free == shapes[class].capacity)
			bin->n_empty++;
		if (taken == 0) {
			left -= take_leftovers(bin, blocks, left);
			break;
		}
	}
	bin->n_out += n - left;
	pthread_mutex_unlock(&bin->lock);
	if (left > 0)
		memmove(blocks, blocks + left, (n - left) * sizeof(*blocks));
	return n - left;
}

void
nat_slab_fatal(const char *what, const void *ptr)
{
	static const char hex[] = "0123456789abcdef";
	char text[96];
	char *end = text;
	uintptr_t n = (uintptr_t)ptr;

	while (*what != '\0' && end < text + 64)
		*end++ = *what++;
	memcpy(end, " 0x", 3);
	end += 3;
	for (int shift = 60; shift >= 0; shift -= 4)
		*end++ = hex[n >> shift & 15];
	*end = '\0';
	host->fatal(text);
	__builtin_unreachable();
}

static struct nat_slab *
slab_of(unsigned int class, const void *block)
{
	if (nat_map_class(block) != class)
		nat_slab_fatal("invalid or double free of", block);
	return nat_meta_record(nat_map_word(block));
}

/* Marks a block of the slab free. */
static inline void
mark_free(struct nat_slab *slab, const struct shape *shape, const void *block)
{
	uint64_t offset = (uint64_t)((const char *)block - slab->start);
	size_t i = (size_t)(offset * shape->inverse >> 32);
	uint64_t word = slab->free[i / 64];
	uint64_t bit = UINT64_C(1) << i % 64;

	if (__builtin_expect(i * shape->size != offset || i >= slab->carved, 0))
		nat_slab_fatal("invalid free of", block);
	if (__builtin_expect((word & bit) != 0, 0))
		nat_slab_fatal("double free of", block);
	slab->free[i / 64] = word | bit;
}

/* n blocks of the slab were marked free; true where it should be destroyed. */
static bool
count_put(struct bin *bin, struct nat_slab *slab, size_t n)
{
	bool was_full = slab->n_free == 0;

	bin->n_out -= n;
	slab->n_free = (uint16_t)(slab->n_free + n);
	if (was_full)
		link_slab(bin, slab);
	if (slab->n_free < shapes[slab->class].capacity)
		return false;
	if (bin->n_empty < EMPTY_KEPT) {
		bin->n_empty++;
		return false;
	}
	unlink_slab(slab);
	bin->n_slabs--;
	return true;
}

static struct bin *
switch_bin(struct bin *from, struct bin *to)
{
	if (from == to)
		return to;
	if (from != NULL)
		pthread_mutex_unlock(&from->lock);
	if (to != NULL)
		pthread_mutex_lock(&to->lock);
	return to;
}

void
nat_slab_put(unsigned int class, void *const *blocks, size_t n)
{
	const struct shape *shape = &shapes[class];
	struct nat_slab *doomed = NULL;
	struct bin *bin = NULL;
	size_t i = 0;

	/* blocks that come together tend to be of one slab, and one bin */
	while (i < n) {
		struct nat_slab *slab = slab_of(class, blocks[i]);
		size_t first = i;

		bin = switch_bin(bin, &slab->arena->bins[class]);
		do
			mark_free(slab, shape, blocks[i++]);
		while (i < n &&
			(size_t)((char *)blocks[i] - slab->start) <
				shape->bytes);
		if (count_put(bin, slab, i - first)) {
			slab->next = doomed;
			doomed = slab;
		}
	}
	switch_bin(bin, NULL);
	while (doomed != NULL) {
		struct nat_slab *next = doomed->next;

		destroy_slab(doomed);
		doomed = next;
	}
}

/* Takes the slabs without blocks out of a bin; a list through next. */
static struct nat_slab *
take_empty(struct bin *bin, unsigned int class)
{
	struct nat_slab *doomed = NULL;
	struct nat_slab *slab, *next;

	pthread_mutex_lock(&bin->lock);
	for (slab = bin->partial; slab != NULL && bin->n_empty > 0;
		slab = next) {
		next = slab->next;
		if (slab->n_free < shapes[class].capacity)
			continue;
		unlink_slab(slab);
		bin->n_empty--;
		bin->n_slabs--;
		slab->next = doomed;
		doomed = slab;
	}
	pthread_mutex_unlock(&bin->lock);
	return doomed;
}

bool
nat_slab_trim(void)
{
	bool was_any = false;

	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
			struct nat_slab *slab =
				take_empty(&arenas[a].bins[c], c);

			while (slab != NULL) {
				struct nat_slab *next = slab->next;

				destroy_slab(slab);
				slab = next;
				was_any = true;
			}
		}
	}
	return was_any;
}

void
nat_slab_lock(void)
{
	pthread_mutex_lock(&arenas_lock);
	for (unsigned int a = 0; a < n_arenas; a++)
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			pthread_mutex_lock(&arenas[a].bins[c].lock);
}

void
nat_slab_unlock(void)
{
	for (unsigned int a = 0; a < n_arenas; a++)
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++)
			pthread_mutex_unlock(&arenas[a].bins[c].lock);
	pthread_mutex_unlock(&arenas_lock);
}

size_t
nat_slab_bytes(size_t *active)
{
	size_t bytes = 0;

	*active = 0;
	for (unsigned int a = 0; a < n_arenas; a++) {
		for (unsigned int c = 1; c <= NAT_CLASS_LAST; c++) {
			struct bin *bin = &arenas[a].bins[c];

			pthread_mutex_lock(&bin->lock);
			bytes += bin->n_out * shapes[c].size;
			*active += (size_t)bin->n_slabs * shapes[c].bytes;
			pthread_mutex_unlock(&bin->lock);
		}
	}
	return bytes;
}
