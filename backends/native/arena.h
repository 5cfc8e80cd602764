/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arenas: each holds the slabs of the threads that are assigned to it, in one
 * bin per class (bin.h).
 */
#ifndef NAT_ARENA_H
#define NAT_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAT_ARENAS_MAX 64u

struct nat_arena;
struct nat_batch;
struct vmmalloc_host;

/* 0, or -1 with ENOMEM. */
int nat_arena_init(const struct vmmalloc_host *host);

/*
 * The arena with the fewest threads, which from now on has one more. Arenas are
 * made when all others have threads, as many as the threads of the process may
 * use processors.
 */
struct nat_arena *nat_arena_join(void);
void nat_arena_leave(struct nat_arena *arena);

/*
 * The arena that a thread of this one should be in, and is counted in from now
 * on: another one if that has fewer threads.
 */
struct nat_arena *nat_arena_move(struct nat_arena *arena);

/* In a forked child: only the calling thread is left; arena is its, or NULL. */
void nat_arena_leave_all(struct nat_arena *arena);

/* How many were made. */
unsigned int nat_arena_count(void);

/* Numbers from 0 to nat_arena_count() - 1, and back. */
unsigned int nat_arena_number(const struct nat_arena *arena);
struct nat_arena *nat_arena_at(unsigned int number);

/* The tag that the arena's class 0 would have. */
unsigned int nat_arena_tag(const struct nat_arena *arena);

/*
 * Takes up to n blocks of a class and stores them in blocks[], those with lower
 * addresses, and of older slabs, last. Returns how many: fewer only where the
 * pool is exhausted, and then at least one or 0.
 */
size_t nat_arena_take(
	struct nat_arena *arena, unsigned int class, void **blocks, size_t n);

/* Returns n blocks of a tag. */
void nat_arena_put(unsigned int tag, void *const *blocks, size_t n);

/*
 * An empty batch of that many bytes for blocks of a tag, always the same for a
 * tag; NULL with ENOMEM. And back again, if it stays empty.
 */
struct nat_batch *nat_arena_take_batch(unsigned int tag, size_t bytes);
void nat_arena_put_batch(unsigned int tag, struct nat_batch *batch);

/*
 * Hands a batch of blocks of a tag over, without waiting for a lock: whoever
 * has it next puts them back.
 */
void nat_arena_give(unsigned int tag, struct nat_batch *batch);

/* Gives all slabs without blocks back to the core; true where any was. */
bool nat_arena_trim(void);

/*
 * Whether the arena was last aged that long ago; then the caller is
 * the one to do it. The clock is the arena's, whose threads may sleep or be
 * gone: other threads ask, too.
 */
bool nat_arena_is_due(
	unsigned int number, uint64_t now_ms, unsigned int age_ms);

/*
 * Returns to the core what the arena has not needed since the last time, and
 * all that it keeps if it has no threads.
 */
void nat_arena_age(unsigned int number);

/* Bytes of blocks that are in no slab: the program's, and cached ones. */
size_t nat_arena_bytes(size_t *active);

/* Bytes of free extents for blocks of medium size. */
size_t nat_arena_mid_bytes(void);

/* Around fork. */
void nat_arena_lock(void);
void nat_arena_unlock(void);

#endif /* NAT_ARENA_H */
