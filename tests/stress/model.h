/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A model of a program that allocates: its actions are chosen at random, or by
 * a fuzzer, and each result of the heap is checked against what is known of
 * every block. A heap that fails ends the process with abort().
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_CHECK(condition) \
	((condition) ? (void)0 : model_fail(__FILE__, __LINE__, #condition))

_Noreturn void model_fail(const char *file, int line, const char *condition);

/* The heap under test; its functions are like libc's of the same names. */
struct model_heap {
	void *base; /* of the pool */
	size_t size;
	void *(*malloc)(size_t size);
	void (*free)(void *ptr);
	void *(*calloc)(size_t nmemb, size_t size);
	void *(*realloc)(void *ptr, size_t size);
	void *(*memalign)(size_t alignment, size_t size);
	void *(*aligned_alloc)(size_t alignment, size_t size);
	int (*posix_memalign)(void **ptr, size_t alignment, size_t size);
	size_t (*usable_size)(void *ptr);
	void (*free_sized)(void *ptr, size_t size); /* or NULL */
	int (*trim)(size_t pad);
};

enum model_call {
	MODEL_MALLOC,
	MODEL_CALLOC,
	MODEL_REALLOC,
	MODEL_MEMALIGN,
	MODEL_ALIGNED_ALLOC,
	MODEL_POSIX_MEMALIGN,
	MODEL_FREE,
	MODEL_FREE_SIZED,
	MODEL_LOOK,	  /* check contents and usable size */
	MODEL_PASS,	  /* to another thread */
	MODEL_BURST,	  /* many blocks of one size */
	MODEL_BURST_FREE, /* of those, about half */
	MODEL_BURST_PASS, /* some to other threads */
	MODEL_TRIM,
	MODEL_NONSENSE, /* calls that must fail */
	MODEL_CALLS
};

#define MODEL_SIZE_MAX ((size_t)256 << 20)
#define MODEL_ALIGNMENT_SHIFT_MAX 30u
#define MODEL_SLOTS 256u
#define MODEL_BURST_BLOCKS 600u
#define MODEL_BURST_SIZE_MAX ((size_t)4 << 10)

struct model_action {
	enum model_call call;
	unsigned int slot; /* of the thread, below MODEL_SLOTS */
	size_t size;	   /* bytes, at most MODEL_SIZE_MAX */
	/* A power of two; for realloc, odd means a small change. */
	unsigned int alignment;
};

struct model_block {
	void *start; /* NULL: none */
	size_t size;
	size_t claimed;
	uint64_t seed;
};

/* A thread's state. Zero it, then set heap, random and budget. */
struct model_thread {
	const struct model_heap *heap;
	uint64_t random;
	size_t held;   /* bytes */
	size_t budget; /* the most it holds at a time */
	struct model_block slots[MODEL_SLOTS];
	struct model_block burst[MODEL_BURST_BLOCKS];
};

/* Call it first, for the heap under test. */
void model_init(const struct model_heap *heap);

/* Does one step of the thread. */
void model_act(struct model_thread *thread, const struct model_action *action);

/* Frees all blocks of the thread, or those in transit between threads. */
void model_free_all(struct model_thread *thread);
void model_free_passed(struct model_thread *thread);

/* Allocates until that fails, then frees the blocks in another order. */
void model_exhaust(struct model_thread *thread);

#endif /* MODEL_H */
