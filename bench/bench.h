/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Functions that the bench programs share. Each program does a fixed amount of
 *work, drawn from a pseudo-random sequence that is the same in every run, and
 *is called as
 *
 *	NAME [SCALE [THREADS]]
 *
 * where SCALE (default 1: a second or two under glibc) multiplies the work.
 * They write what they allocate and check what they wrote before they free
 * it: an allocator that hands a block out twice makes the program fail.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

struct bench_args {
	double scale;	  /* more than 0 */
	unsigned threads; /* 1 or more */
};

/* Ends the program if the arguments are invalid. */
struct bench_args bench_parse(int argc, char **argv, unsigned threads);

/* Returns count times the scale, at least 1. */
size_t bench_scaled(const struct bench_args *args, size_t count);

_Noreturn void bench_die(const char *what);

/*
 * Starts count threads; thread i gets args + i * size. Returns when all of them
 * have ended.
 */
void bench_run_threads(
	unsigned count, void *(*start)(void *arg), void *args, size_t size);

/* Calls malloc and bench_fill; never returns NULL. */
void *bench_alloc(size_t size, unsigned tag);

/* Calls bench_check and free; does nothing if block is NULL. */
void bench_free(void *block, size_t size, unsigned tag);

/* Writes the tag to every cache line of the block and to its last byte. */
void bench_fill(void *block, size_t size, unsigned tag);

/* Ends the program unless the ends of the block are as bench_fill left them. */
void bench_check(const void *block, size_t size, unsigned tag);

/*
 * Memory that the process holds at this moment, in bytes: its anonymous pages,
 * less those offered to the kernel (MADV_FREE), plus either its shared pages or
 * the backing memory of its unlinked open files (a pool), whichever is more.
 */
size_t bench_memory(void);

/*
 * xorshift64*: S. Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled", ACM TOMS 42(4), 2016. The seed must not be 0.
 */
static inline uint64_t
bench_random(uint64_t *seed)
{
	uint64_t x = *seed;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*seed = x;
	return x * 0x2545f4914f6cdd1d;
}

/* A number below n, which is at most 2^32. */
static inline size_t
bench_below(uint64_t *seed, size_t n)
{
	return (size_t)((bench_random(seed) >> 32) * n >> 32);
}

/* A different seed for each number; never 0. */
static inline uint64_t
bench_seed(unsigned number)
{
	return 0x9e3779b97f4a7c15 * (number + 1ull);
}

#endif /* BENCH_H */
