/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether huge pages are worth it; see huge.h. No allocation here. */
#include "config.h"

#include "core/huge.h"

#include "base/log.h"

/*
 * After a refusal the next huge page is backed with small pages, then two, four
 * and so on up to PAUSE_MAX. If huge pages are slow, the first pause is longer:
 * one attempt takes as long as some MiB of small pages.
 */
#define PAUSE_SHIFT_MAX 9u
#define SLOW_SHIFT_MIN 5u
#define SLOW_MIN 2u /* in a row, so that one that was interrupted is none */

/*
 * A huge page that takes less than this is not slow. Warm ones take 0.1 to 0.4
 * ms, of which most is for filling it with zeroes.
 */
#define FINE_NS ((uint64_t)1000000)

/*
 * Fewer pages are not timed: their cost is that of the system call. A page that
 * takes longer than SMALL_MAX_NS was interrupted.
 */
#define SMALL_MIN 16
#define SMALL_MAX_NS ((uint64_t)20000)

/* At most 3 % of what is asked for is touched to be timed. */
#define TIMED_ONE_IN 32u

#define GET(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define SET(field, value) __atomic_store_n(&(field), value, __ATOMIC_RELAXED)

bool
vmm_huge_is_allowed(const struct vmm_huge *huge)
{
	return GET(huge->pause) == 0;
}

bool
vmm_huge_may_ask(struct vmm_huge *huge, unsigned int n)
{
	unsigned int pause = GET(huge->pause);

	if (pause == 0)
		return true;
	SET(huge->pause, pause > n ? pause - n : 0);
	return false;
}

static void
begin_pause(struct vmm_huge *huge, unsigned int shift)
{
	SET(huge->pause, 1u << shift);
	if (shift < PAUSE_SHIFT_MAX)
		shift++;
	SET(huge->refusals, shift);
	SET(huge->untimed, TIMED_ONE_IN); /* the next one is */
}

void
vmm_huge_was_refused(struct vmm_huge *huge)
{
	begin_pause(huge, GET(huge->refusals));
}

bool
vmm_huge_took(struct vmm_huge *huge, size_t n, uint64_t ns)
{
	unsigned int shift = GET(huge->refusals);
	unsigned int slow = GET(huge->slow);
	uint64_t small = GET(huge->small_page_ns);

	if (!huge->is_timed || ns <= FINE_NS ||
		(small > 0 && ns <= n * small)) {
		SET(huge->refusals, 0);
		SET(huge->slow, 0);
		return false;
	}
	if (slow < SLOW_MIN)
		SET(huge->slow, ++slow);
	if (slow < SLOW_MIN)
		return false;
	VMM_LOG(3, "huge pages are slow: %llu us",
		(unsigned long long)ns / 1000);
	begin_pause(huge, shift > SLOW_SHIFT_MIN ? shift : SLOW_SHIFT_MIN);
	return true;
}

bool
vmm_huge_is_doubtful(const struct vmm_huge *huge)
{
	return GET(huge->slow) > 0;
}

void
vmm_huge_small_took(struct vmm_huge *huge, size_t n, uint64_t ns)
{
	uint64_t had = GET(huge->small_page_ns);
	uint64_t now = n > 0 ? ns / n : 0;

	if (n < SMALL_MIN)
		return;
	if (now > SMALL_MAX_NS)
		now = SMALL_MAX_NS;
	SET(huge->small_page_ns, had == 0 ? now : (7 * had + now) / 8);
}

bool
vmm_huge_should_time(struct vmm_huge *huge, unsigned int n)
{
	unsigned int untimed = GET(huge->untimed) + n;

	if (!huge->is_timed)
		return false;
	SET(huge->untimed, untimed < TIMED_ONE_IN ? untimed : 0);
	return untimed >= TIMED_ONE_IN;
}
