/* SPDX-License-Identifier: BSD-3-Clause */
/* The time; see clock.h. */
#include "config.h"

#include "backends/native/clock.h"

#include "base/hot.h"
#include "vmmalloc/backend.h"

#include <time.h>

static const struct vmmalloc_host *host VMM_HOT_DATA;

void
nat_clock_init(const struct vmmalloc_host *the_host)
{
	host = the_host;
}

uint64_t
nat_clock_ms(void)
{
	struct timespec now;

	if (host->struct_size >= sizeof(*host))
		return host->clock_ms();
	/* a core older than ABI 1.1 */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
