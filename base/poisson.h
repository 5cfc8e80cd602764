/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sampling by bytes: which blocks a Poisson process over the bytes of all
 * requests hits, and how many each of those stands for. This is the sampling of
 * tcmalloc (sampler.h) and of Go's runtime (mcache's next sample). No
 * allocation, and no libm, which the library is not linked with.
 */
#ifndef VMM_POISSON_H
#define VMM_POISSON_H

#include <stddef.h>
#include <stdint.h>

/* A generator of random numbers: xorshift64* (Vigna 2016). Never 0. */
uint64_t vmm_poisson_seed(uint64_t entropy);
uint64_t vmm_poisson_random(uint64_t *state);

/*
 * Bytes from a hit, or from anywhere, to the next one: geometric, as the whole
 * part of an exponential distribution is. mean is at least 1.
 */
size_t vmm_poisson_interval(uint64_t *state, size_t mean);

/*
 * The number of blocks of this size that one that was hit stands for, so that
 * sums are right on average: 1 / (1 - exp(-size / mean)).
 */
double vmm_poisson_weight(size_t size, size_t mean);

#endif /* VMM_POISSON_H */
