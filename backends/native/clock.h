/* SPDX-License-Identifier: BSD-3-Clause */
/* The time, as the core reads it. */
#ifndef NAT_CLOCK_H
#define NAT_CLOCK_H

#include <stdint.h>

struct vmmalloc_host;

void nat_clock_init(const struct vmmalloc_host *host);

/*
 * Milliseconds since some moment in the past, in steps of up to 10. Thread-safe
 * and async-signal-safe.
 */
uint64_t nat_clock_ms(void);

#endif /* NAT_CLOCK_H */
