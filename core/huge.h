/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether to back pages by huge pages for the time being. They are worth it if
 * the kernel has them at hand. It may have none, and then searches long; and in
 * a virtual machine whose host takes free memory back (free page reporting) a
 * huge page that the host has to provide again can cost several times as much
 * as the small pages in its place. So refusals are counted and the time of both
 * kinds is measured; after a refusal, or after two huge pages in a row that
 * were slow, the next ones are small, and more of them each time.
 *
 * Threads call these functions concurrently. What they count may then be a
 * little wrong.
 */
#ifndef VMM_HUGE_H
#define VMM_HUGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_huge {
	bool is_timed;		/* otherwise only refusals count */
	unsigned int pause;	/* do not ask for this many more */
	unsigned int refusals;	/* in a row */
	unsigned int slow;	/* in a row */
	uint64_t small_page_ns; /* what a small page took lately; 0: unknown */
	unsigned int untimed;	/* huge pages until the next one is timed */
};

/*
 * Whether the next huge pages, up to n, may be asked for. If not, they are
 * counted: each call brings the next attempt nearer.
 */
bool vmm_huge_may_ask(struct vmm_huge *huge, unsigned int n);

/* Whether no attempt is being put off. Counts nothing. */
bool vmm_huge_is_allowed(const struct vmm_huge *huge);

/* The kernel has no huge page. */
void vmm_huge_was_refused(struct vmm_huge *huge);

/*
 * A huge page in the place of n small pages took ns nanoseconds. Returns
 * whether it was so slow that the next ones are to be small.
 */
bool vmm_huge_took(struct vmm_huge *huge, size_t n, uint64_t ns);

/* Whether one more huge page that is slow will begin a pause. */
bool vmm_huge_is_doubtful(const struct vmm_huge *huge);

/* n small pages took ns nanoseconds. */
void vmm_huge_small_took(struct vmm_huge *huge, size_t n, uint64_t ns);

/*
 * For memory that is backed when it is touched: whether to touch one of the
 * next n huge pages in order to time it. To do so with each would back what the
 * program may never use.
 */
bool vmm_huge_should_time(struct vmm_huge *huge, unsigned int n);

#endif /* VMM_HUGE_H */
