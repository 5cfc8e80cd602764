/* SPDX-License-Identifier: BSD-3-Clause */
/* Sampling by bytes; see poisson.h. */
#include "config.h"

#include "base/poisson.h"

#define LN2 0.693147180559945309417

uint64_t
vmm_poisson_seed(uint64_t entropy)
{
	/* the finaliser of MurmurHash3: seeds that differ little */
	entropy = (entropy ^ entropy >> 33) * UINT64_C(0xff51afd7ed558ccd);
	entropy = (entropy ^ entropy >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	entropy ^= entropy >> 33;
	return entropy != 0 ? entropy : 1;
}

uint64_t
vmm_poisson_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/*
 * The natural logarithm of n > 0: of 2 to the number of its bits, and of the
 * rest, from 1/2 to 1, as 2 artanh((x - 1) / (x + 1)), whose argument is at
 * most 1/3: 18 terms are as exact as a double.
 */
static double
logarithm(uint64_t n)
{
	int bits = 64 - __builtin_clzll(n);
	double x = (double)(n << (64 - bits)) / 18446744073709551616.0;
	double y = (x - 1) / (x + 1);
	double power = y, sum = 0;

	for (int i = 1; i < 36; i += 2) {
		sum += power / i;
		power *= y * y;
	}
	return bits * LN2 + 2 * sum;
}

/*
 * 1 - exp(-x) of x >= 0, without cancellation: for a part of x that is small
 * enough for the series, and then doubled, as 1 - exp(-2x) is y (2 - y).
 */
static double
hit_probability(double x)
{
	double term, sum;
	int doublings = 0;

	if (x > 40)
		return 1;
	for (; x > 0.5; x /= 2)
		doublings++;
	term = sum = x;
	for (int i = 2; i < 16; i++) {
		term *= -x / i;
		sum += term;
	}
	for (; doublings > 0; doublings--)
		sum *= 2 - sum;
	return sum;
}

size_t
vmm_poisson_interval(uint64_t *state, size_t mean)
{
	/* uniform in (0, 2^53], as an exponential distribution by inversion */
	uint64_t n = (vmm_poisson_random(state) >> 11) + 1;
	double bytes = (53 * LN2 - logarithm(n)) * (double)mean;

	if (bytes >= (double)PTRDIFF_MAX)
		return PTRDIFF_MAX;
	return bytes > 0 ? (size_t)bytes : 0;
}

double
vmm_poisson_weight(size_t size, size_t mean)
{
	return size == 0 ? 0 : 1 / hit_probability((double)size / (double)mean);
}
