/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slow side of the gate; see gate.h. No allocation here.
 *
 * A thread that enters first counts itself and then checks whether the gate is
 * closed; a thread that closes the gate first sets the flag and then checks the
 * counters. All four operations are sequentially consistent, so that at least
 * one of the two threads sees the other.
 */
#include "gate.h"

#include <pthread.h>
#include <sched.h>

static struct gate_counter counters[GATE_COUNTERS];
static pthread_mutex_t closing = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint picked;

atomic_bool gate_is_closed;

struct gate_counter *
gate_pick(void)
{
	return &counters[atomic_fetch_add(&picked, 1) % GATE_COUNTERS];
}

void
gate_wait(struct gate_counter *mine)
{
	do {
		atomic_fetch_sub(&mine->inside, 1);
		pthread_mutex_lock(&closing);
		pthread_mutex_unlock(&closing);
		atomic_fetch_add(&mine->inside, 1);
	} while (atomic_load(&gate_is_closed));
}

void
gate_close(void)
{
	pthread_mutex_lock(&closing);
	atomic_store(&gate_is_closed, true);
	for (int i = 0; i < GATE_COUNTERS; i++)
		while (atomic_load(&counters[i].inside) != 0)
			sched_yield();
}

void
gate_open(void)
{
	atomic_store(&gate_is_closed, false);
	pthread_mutex_unlock(&closing);
}

void
gate_open_child(void)
{
	/* counts of threads that were entering and are not in this process */
	for (int i = 0; i < GATE_COUNTERS; i++)
		atomic_store(&counters[i].inside, 0);
	gate_open();
}
