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
struct nat_bin;
struct vmmalloc_host;

/* The bytes that init asks nat_meta_map for. */
size_t nat_arena_memory(void);

/* 0, or -1 with ENOMEM. */
int nat_arena_init(const struct vmmalloc_host *host);

/*
 * Counts one more thread in the arena with the fewest threads, and returns that
 * arena. If all arenas have threads, a new one is created, up to one per
 * processor that the threads of the process may use.
 */
struct nat_arena *nat_arena_join(void);
void nat_arena_leave(struct nat_arena *arena);

/*
 * Moves a thread of this arena to another one if that has at least two threads
 * fewer. Returns the arena in which the thread is now counted.
 */
struct nat_arena *nat_arena_move(struct nat_arena *arena);

/* In a forked child, only the calling thread is left; arena is its, or NULL. */
void nat_arena_leave_all(struct nat_arena *arena);

/* How many arenas there are. */
unsigned int nat_arena_count(void);

/* Convert an arena to its number, from 0 to nat_arena_count() - 1, and back. */
unsigned int nat_arena_number(const struct nat_arena *arena);
struct nat_arena *nat_arena_at(unsigned int number);

/* The tag that the arena's class 0 would have. */
unsigned int nat_arena_tag(const struct nat_arena *arena);

/* The bin of a tag: of a class in an arena. */
struct nat_bin *nat_arena_bin(unsigned int tag);

/*
 * Returns all empty slabs and free medium extents to the core; true if there
 * were any.
 */
bool nat_arena_trim(void);

/*
 * Whether the arena was last aged at least age_ms ago. If so, the caller must
 * age it, and concurrent callers get false. Threads of other arenas ask too,
 * because the arena's own threads may sleep or have ended.
 */
bool nat_arena_is_due(
	unsigned int number, uint64_t now_ms, unsigned int age_ms);

/*
 * Returns to the core the empty slabs and free extents that the arena has not
 * needed since the last call, or all of them if it has no threads.
 */
void nat_arena_age(unsigned int number);

/*
 * Bytes of the blocks that are allocated from slabs: those of the program and
 * cached ones. Sets *active to the bytes of all slabs.
 */
size_t nat_arena_bytes(size_t *active);

/* Bytes of free extents for blocks of medium size. */
size_t nat_arena_mid_bytes(void);

/* Called around fork: acquire and release all locks of the arenas. */
void nat_arena_lock(void);
void nat_arena_unlock(void);

#endif /* NAT_ARENA_H */
