/* SPDX-License-Identifier: BSD-3-Clause */
/* Times of calls, by classes; see result.h. */
#include "config.h"

#include "cli/replay/result.h"

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
