/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A gate before an allocator that has no lock of its own: any number of threads
 * may be inside at a time, until one closes the gate and is alone.
 */
#ifndef GATE_H
#define GATE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Threads share these counters; with more of them, fewer share one. */
#define GATE_COUNTERS 64

struct gate_counter {
	_Alignas(64) atomic_uint inside; /* one cache line per counter */
};

/*
 * Returns one of the counters, the next one in each call, for a thread to keep.
 * Thread-safe.
 */
struct gate_counter *gate_pick(void);

/* Leaves, waits until the gate is open, and enters again. */
void gate_wait(struct gate_counter *mine);

/*
 * gate_close waits until no thread is inside, and keeps all threads out until
 * gate_open or, in a child process, gate_open_child. The caller must not be
 * inside.
 */
void gate_close(void);
void gate_open(void);
void gate_open_child(void);

extern atomic_bool gate_is_closed;

static inline void
gate_enter(struct gate_counter *mine)
{
	atomic_fetch_add(&mine->inside, 1);
	if (__builtin_expect(atomic_load(&gate_is_closed), 0))
		gate_wait(mine);
}

static inline void
gate_leave(struct gate_counter *mine)
{
	atomic_fetch_sub_explicit(&mine->inside, 1, memory_order_release);
}

#endif /* GATE_H */
