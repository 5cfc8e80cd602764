/* SPDX-License-Identifier: BSD-3-Clause */
/* Times of calls, by classes, and what follows from a result; see result.h. */
#include "config.h"

#include "cli/replay/result.h"

static const uint64_t limits[VMM_REPLAY_RANGES] = { 128, 1024, 32768, 1 << 20,
	0 };

int
vmm_replay_range_of(uint64_t size)
{
	int range = 0;

	while (range < VMM_REPLAY_RANGES - 1 && size > limits[range])
		range++;
	return range;
}

uint64_t
vmm_replay_range_limit(int range)
{
	return limits[range];
}

struct vmm_replay_call
vmm_replay_sum_ranges(const struct vmm_replay_result *result, int kind)
{
	struct vmm_replay_call sum = { 0, 0, 0, { 0 } };

	for (int range = 0; range < VMM_REPLAY_RANGES; range++) {
		const struct vmm_replay_call *call =
			&result->calls[kind][range];

		sum.n += call->n;
		sum.ns += call->ns;
		if (call->ns_max > sum.ns_max)
			sum.ns_max = call->ns_max;
		for (int i = 0; i < VMM_REPLAY_CLASSES; i++)
			sum.classes[i] += call->classes[i];
	}
	return sum;
}

void
vmm_replay_sum_calls(
	const struct vmm_replay_result *result, uint64_t *n, uint64_t *ns)
{
	*n = 0;
	*ns = 0;
	for (int kind = 0; kind < VMM_REPLAY_CALLS; kind++) {
		for (int range = 0; range < VMM_REPLAY_RANGES; range++) {
			*n += result->calls[kind][range].n;
			*ns += result->calls[kind][range].ns;
		}
	}
}

double
vmm_replay_mean_resident(const struct vmm_replay_result *result)
{
	return result->samples > 0
		? (double)result->resident_sum / (double)result->samples
		: 0;
}

double
vmm_replay_mean_ratio(const struct vmm_replay_result *result)
{
	return result->live_sum > 0
		? (double)result->resident_sum / (double)result->live_sum
		: 0;
}

double
vmm_replay_peak_ratio(const struct vmm_replay_result *result)
{
	return vmm_replay_course_peak_ratio(
		&result->course, result->peak_bytes / 8);
}

static int
find_class(uint64_t ns)
{
	int bits, class_;

	if (ns < VMM_REPLAY_STEPS)
		return (int)ns;
	bits = 63 - __builtin_clzll(ns);
	class_ = (bits - 3) * VMM_REPLAY_STEPS +
		(int)(ns >> (bits - 4) & (VMM_REPLAY_STEPS - 1));
	return class_ < VMM_REPLAY_CLASSES ? class_ : VMM_REPLAY_CLASSES - 1;
}

/* The longest time in a class. */
static uint64_t
end_of_class(int class_)
{
	int bits = class_ / VMM_REPLAY_STEPS + 3;
	uint64_t step = (uint64_t)(class_ % VMM_REPLAY_STEPS);

	if (class_ < VMM_REPLAY_STEPS)
		return (uint64_t)class_;
	return ((step + VMM_REPLAY_STEPS + 1) << (bits - 4)) - 1;
}

void
vmm_replay_call_add(struct vmm_replay_call *call, uint64_t ns)
{
	call->n++;
	call->ns += ns;
	if (ns > call->ns_max)
		call->ns_max = ns;
	call->classes[find_class(ns)]++;
}

uint64_t
vmm_replay_call_quantile(const struct vmm_replay_call *call, double part)
{
	uint64_t rank = (uint64_t)(part * (double)call->n);
	uint64_t seen = 0;

	for (int i = 0; i < VMM_REPLAY_CLASSES; i++) {
		seen += call->classes[i];
		if (seen > rank) {
			uint64_t ns = end_of_class(i);

			return ns < call->ns_max ? ns : call->ns_max;
		}
	}
	return call->ns_max;
}
