/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Drives the model at random, on several threads, in rounds. The environment
 * says how long: MODEL_SEED (by default a new one each time, which is printed),
 * MODEL_THREADS, MODEL_STEPS per thread and round, MODEL_SECONDS during which
 * rounds are started (0: one round).
 */
#ifndef STRESS_RANDOM_H
#define STRESS_RANDOM_H

#include "tests/stress/model.h"

/*
 * Returns if the heap passed. If after_round is not NULL, it is called after
 * each round, when all blocks are freed and the threads have ended.
 */
void random_run(const struct model_heap *heap, void (*after_round)(void));

#endif /* STRESS_RANDOM_H */
