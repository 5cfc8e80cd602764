/* SPDX-License-Identifier: BSD-3-Clause */
/* The lock around the pool; see lock.h. No allocation here. */
#include "config.h"

#include "core/lock.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/*
 * Who wants the lock and nobody committing holds back new commits until those
 * under way are done.
 */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static unsigned int n_committing;
static unsigned int n_holding_back;

static int cancel_state; /* before the lock was taken alone */

void
vmm_lock_take(void)
{
	pthread_mutex_lock(&lock);
}

void
vmm_lock_give(void)
{
	pthread_mutex_unlock(&lock);
}

void
vmm_lock_take_to_commit(void)
{
	pthread_mutex_lock(&lock);
	while (n_holding_back > 0)
		vmm_lock_wait();
	n_committing++;
}

bool
vmm_lock_try_to_commit(void)
{
	if (pthread_mutex_trylock(&lock) != 0)
		return false;
	if (n_holding_back > 0) {
		pthread_mutex_unlock(&lock);
		return false;
	}
	n_committing++;
	return true;
}

void
vmm_lock_give_after_commit(void)
{
	if (--n_committing == 0 && n_holding_back > 0)
		pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void
vmm_lock_retake(void)
{
	pthread_mutex_lock(&lock);
	pthread_cond_broadcast(&changed);
}

void
vmm_lock_wait(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_cond_wait(&changed, &lock);
	pthread_setcancelstate(state, NULL);
}

void
vmm_lock_take_alone(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_mutex_lock(&lock);
	n_holding_back++;
	while (n_committing > 0)
		vmm_lock_wait();
	n_holding_back--;
	cancel_state = state;
}

void
vmm_lock_give_alone(void)
{
	int state = cancel_state;

	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	pthread_setcancelstate(state, NULL);
}

void
vmm_lock_forget_threads(void)
{
	n_holding_back = 0;
	changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
}
