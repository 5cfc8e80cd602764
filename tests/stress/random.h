/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model driven by chance, on several threads, in rounds. The environment
 * says how long: MODEL_SEED (otherwise a new one each time; it is printed),
 * MODEL_THREADS, MODEL_STEPS of a thread in a round, MODEL_SECONDS to begin
 * rounds in (0: one round).
 */
#ifndef STRESS_RANDOM_H
#define STRESS_RANDOM_H

#include "tests/stress/model.h"

/*
 * Returns where the heap passed. after_round, where it is not NULL, is called
 * when all blocks have been freed and the threads are gone.
 */
void random_run(const struct model_heap *heap, void (*after_round)(void));

#endif /* STRESS_RANDOM_H */
