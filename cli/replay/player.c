/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads of a replay; see player.h. One of them has the baton: it reads events
 * and makes their calls (calls.c) until one is of another thread.
 */
#include "config.h"

#include "cli/replay/player.h"

#include "cli/cli.h"
#include "cli/replay/calls.h"
#include "cli/replay/pace.h"
#include "cli/trace/memory.h"
#include "cli/trace/reader.h"

#include <pthread.h>
#include <string.h>

#define MAIN 1 /* the first thread of the trace is the first one here */

struct player {
	pthread_t id;
	pthread_cond_t may_go_on;
	bool is_running;
};

static struct vmm_trace_reader reader;
static struct vmm_trace_event event;
static bool has_event;
static struct vmm_replay_result *paced; /* NULL: as fast as possible */
static struct player *players;		/* by number of their threads */

/* Guards all below. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t turn = MAIN;
static uint32_t ending; /* a thread that has no more events; 0: none */

/* Makes the calls of a thread. Returns whether it has no more. */
static bool
play_some(uint32_t thread)
{
	bool is_last = false;

	while (has_event && event.thread == thread && !is_last) {
		if (paced != NULL)
			vmm_replay_keep_pace(paced, event.time);
		vmm_replay_make_call(&event);
		is_last = vmm_trace_is_last(&reader, &event);
		has_event = vmm_trace_next(&reader, &event);
	}
	return is_last;
}

/* Called with the lock held. */
static void
pass_baton(uint32_t to)
{
	turn = to;
	pthread_cond_signal(&players[to].may_go_on);
}

static void *
run(void *arg)
{
	struct player *self = arg;
	uint32_t thread = (uint32_t)(self - players);
	bool is_last;

	pthread_mutex_lock(&lock);
	do {
		while (turn != thread)
			pthread_cond_wait(&self->may_go_on, &lock);
		pthread_mutex_unlock(&lock);
		is_last = play_some(thread);
		pthread_mutex_lock(&lock);
		if (is_last)
			ending = thread;
		/* the first thread makes others, and waits for their ends */
		if (is_last || !has_event || !players[event.thread].is_running)
			pass_baton(MAIN);
		else
			pass_baton(event.thread);
	} while (!is_last && has_event);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* The first thread: its events, and the beginnings and ends of others. */
static int
lead(void)
{
	int r = 0;

	pthread_mutex_lock(&lock);
	while (r == 0) {
		while (turn != MAIN)
			pthread_cond_wait(&players[MAIN].may_go_on, &lock);
		if (ending != 0) {
			struct player *player = &players[ending];

			ending = 0;
			pthread_mutex_unlock(&lock);
			/* the heap's work at its end comes before all else */
			pthread_join(player->id, NULL);
			pthread_mutex_lock(&lock);
			player->is_running = false;
		}
		play_some(MAIN);
		if (!has_event)
			break;
		if (event.thread == MAIN)
			continue;
		if (!players[event.thread].is_running) {
			players[event.thread].is_running = true;
			r = pthread_create(&players[event.thread].id, NULL, run,
				&players[event.thread]);
		}
		if (r == 0)
			pass_baton(event.thread);
	}
	pthread_mutex_unlock(&lock);
	if (r != 0)
		vmm_complain("replay: cannot make thread %u: %s", event.thread,
			strerror(r));
	return r == 0 ? 0 : -1;
}

int
vmm_replay_play(
	const char *path, bool keeps_times, struct vmm_replay_result *result)
{
	size_t n;

	if (vmm_trace_open(&reader, path) != 0)
		return -1;
	n = (size_t)reader.threads + 1;
	players = vmm_trace_map(n * sizeof(*players));
	for (size_t i = 0; i < n; i++)
		pthread_cond_init(&players[i].may_go_on, NULL);
	paced = keeps_times ? result : NULL;
	vmm_replay_begin_calls(result, reader.events);
	has_event = vmm_trace_next(&reader, &event);
	if (lead() != 0)
		return -1;
	vmm_replay_end_calls();
	result->damaged = reader.damaged;
	result->size = sizeof(*result);
	return 0;
}
