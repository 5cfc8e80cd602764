/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for the time of a call; see pace.h. */
#include "config.h"

#include "cli/replay/pace.h"

#include "cli/replay/calls.h"

#include <time.h>

#define NS_PER_S 1000000000u
#define NAP_MIN 200000u	  /* ns: the kernel may wake us this much too late */
#define NAP_MAX 50000000u /* ns between two samples of the memory */

static uint64_t start; /* ns; 0: the first call has not been made */

static uint64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void
sleep_until(uint64_t ns)
{
	struct timespec at = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

void
vmm_replay_keep_pace(struct vmm_replay_result *result, uint64_t time)
{
	uint64_t now = clock_ns();
	uint64_t late;

	if (start == 0)
		start = now - time;
	while (now + NAP_MIN < start + time) {
		uint64_t left = start + time - now - NAP_MIN / 2;

		sleep_until(now + (left < NAP_MAX ? left : NAP_MAX));
		now = clock_ns();
		vmm_replay_sample(time - (start + time - now));
	}
	while (now < start + time)
		now = clock_ns();
	late = now - start - time;
	result->late_calls += late >= VMM_REPLAY_LATE;
	if (late > result->late_max)
		result->late_max = late;
}
