/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server's heap: each thread replaces random blocks of a table, then hands
 * the table to a new thread and ends, so that most blocks are freed by another
 * thread than the one that allocated them.
 *
 * After P. Larson and M. Krishnan, "Memory allocation for long-running server
 * applications", ISMM 1998.
 */
#include "config.h"

#include "bench/bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SLOTS 5000
#define SIZE_MIN 8
#define SIZE_LIMIT 1001 /* sizes are below it */
#define GENERATIONS 40
#define REPLACEMENTS 600000 /* per thread */

struct line {
	void *block[SLOTS];
	unsigned short size[SLOTS];
	uint64_t seed;
	size_t generations; /* that are left */
	size_t replacements;
	pthread_mutex_t lock;
	pthread_cond_t has_ended;
	int is_ended;
};

static void
replace(struct line *line)
{
	size_t slot = bench_below(&line->seed, SLOTS);
	size_t size =
		SIZE_MIN + bench_below(&line->seed, SIZE_LIMIT - SIZE_MIN);

	bench_free(line->block[slot], line->size[slot], (unsigned)slot);
	line->block[slot] = bench_alloc(size, (unsigned)slot);
	line->size[slot] = (unsigned short)size;
}

static void *
serve(void *arg)
{
	struct line *line = arg;
	pthread_t heir;
	size_t i;

	for (i = 0; i < line->replacements; i++)
		replace(line);
	if (--line->generations > 0) {
		errno = pthread_create(&heir, NULL, serve, line);
		if (errno != 0)
			bench_die("pthread_create");
		pthread_detach(heir);
		return NULL;
	}
	pthread_mutex_lock(&line->lock);
	line->is_ended = 1;
	pthread_cond_signal(&line->has_ended);
	pthread_mutex_unlock(&line->lock);
	return NULL;
}

/* Starts a chain of threads and waits for its last one. */
static void *
run_line(void *arg)
{
	struct line *line = arg;
	size_t i;

	serve(line);
	pthread_mutex_lock(&line->lock);
	while (!line->is_ended)
		pthread_cond_wait(&line->has_ended, &line->lock);
	pthread_mutex_unlock(&line->lock);
	for (i = 0; i < SLOTS; i++)
		bench_free(line->block[i], line->size[i], (unsigned)i);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 2);
	struct line *lines = calloc(args.threads, sizeof(*lines));
	unsigned i;

	if (lines == NULL)
		bench_die("calloc");
	for (i = 0; i < args.threads; i++) {
		lines[i].seed = bench_seed(i);
		lines[i].generations = GENERATIONS;
		lines[i].replacements = bench_scaled(&args, REPLACEMENTS);
		pthread_mutex_init(&lines[i].lock, NULL);
		pthread_cond_init(&lines[i].has_ended, NULL);
	}
	bench_run_threads(args.threads, run_line, lines, sizeof(*lines));
	free(lines);
	return 0;
}
