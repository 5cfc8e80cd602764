/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One thread, small blocks, short lives: the convergents of continued
 * fractions, in arithmetic that allocates every result and frees its operands.
 * One number in 64 is kept, as cfrac keeps its relations.
 *
 * The pattern of cfrac: B. Zorn and D. Grunwald, "Empirical measurements of
 * six allocation-intensive C programs", ACM SIGPLAN Notices 27(12), 1992.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define TERMS 40000000
#define LIMBS_MAX 8 /* a longer number starts a new fraction */
#define KEPT 65536
#define KEEP_EVERY 64

struct number {
	unsigned short references;
	unsigned short limbs;
	uint32_t limb[]; /* least significant first */
};

static struct number *
make_number(unsigned limbs)
{
	struct number *n = malloc(sizeof(*n) + limbs * sizeof(n->limb[0]));

	if (n == NULL)
		bench_die("malloc");
	n->references = 1;
	n->limbs = (unsigned short)limbs;
	return n;
}

static struct number *
make_small(uint32_t value)
{
	struct number *n = make_number(1);

	n->limb[0] = value;
	return n;
}

static struct number *
hold(struct number *n)
{
	n->references++;
	return n;
}

static void
drop(struct number *n)
{
	if (n != NULL && --n->references == 0)
		free(n);
}

/* Returns a * factor; frees a. */
static struct number *
multiply(struct number *a, uint32_t factor)
{
	unsigned limbs = a->limbs + (a->limb[a->limbs - 1] >= 1u << 16);
	struct number *product = make_number(limbs);
	uint64_t carry = 0;
	unsigned i;

	for (i = 0; i < limbs; i++) {
		carry += i < a->limbs ? (uint64_t)a->limb[i] * factor : 0;
		product->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	drop(a);
	return product;
}

/* Returns a + b; frees both. */
static struct number *
add(struct number *a, struct number *b)
{
	unsigned more = a->limbs > b->limbs ? a->limbs : b->limbs;
	struct number *sum = make_number(more);
	uint64_t carry = 0;
	unsigned i;

	for (i = 0; i < more; i++) {
		carry += i < a->limbs ? a->limb[i] : 0;
		carry += i < b->limbs ? b->limb[i] : 0;
		sum->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	drop(a);
	drop(b);
	return sum;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);
	size_t terms = bench_scaled(&args, TERMS);
	struct number **kept = calloc(KEPT, sizeof(struct number *));
	struct number *before = make_small(0);
	struct number *last = make_small(1);
	uint64_t seed = bench_seed(0);
	size_t n;

	if (kept == NULL)
		bench_die("calloc");
	for (n = 0; n < terms; n++) {
		/* Partial quotients are mostly small (Gauss and Kuzmin). */
		uint32_t quotient = 1 + (uint32_t)bench_below(&seed, 15);
		struct number *next =
			add(multiply(hold(last), quotient), before);

		before = last;
		last = next;
		if (n % KEEP_EVERY == 0) {
			size_t i = bench_below(&seed, KEPT);

			drop(kept[i]);
			kept[i] = hold(last);
		}
		if (last->limbs >= LIMBS_MAX) {
			drop(before);
			drop(last);
			before = make_small(0);
			last = make_small(1 + (uint32_t)bench_below(&seed, 99));
		}
	}
	for (n = 0; n < KEPT; n++)
		drop(kept[n]);
	drop(before);
	drop(last);
	free(kept);
	return 0;
}
