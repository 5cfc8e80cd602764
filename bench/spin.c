/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Work in registers only, the same amount for each thread: it shows what two
 * threads gain on this machine without an allocator. Processors that share a
 * core (simultaneous multithreading, which a virtual machine may hide) gain
 * little, and threadtest cannot scale better than this.
 */
#include "config.h"

#include "bench/bench.h"

#define TURNS 400000000 /* per thread */

struct spinner {
	size_t turns;
	size_t result;
};

/* Six independent sums keep all of a core busy. */
static void *
spin(void *arg)
{
	struct spinner *spinner = arg;
	size_t a = 1, b = 2, c = 3, d = 4;
	size_t i;

	for (i = 0; i < spinner->turns; i++) {
		a += i ^ b;
		b += i;
		c ^= i;
		d += 3;
		/* Hides the sums from the optimiser. */
		__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
	}
	spinner->result = a + b + c + d;
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	struct spinner spinners[16] = { 0 };
	unsigned i;

	if (args.threads > 16)
		bench_die("too many threads");
	for (i = 0; i < args.threads; i++)
		spinners[i].turns = bench_scaled(&args, TURNS);
	bench_run_threads(args.threads, spin, spinners, sizeof(*spinners));
	return 0;
}
