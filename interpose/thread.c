/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pthread_create: tells a backend that wants to know about a new thread, before
 * and after the thread is made. So if the pool is full, pthread_create returns
 * EAGAIN, and there is no thread without what the heap needs for it.
 *
 * It also makes small stacks larger by what our thread-local storage takes.
 * glibc puts a thread's static TLS on its stack. The room for a backend's
 * (os/tls_room.c) makes that up to 9.6 KiB larger, including the padding that
 * aligns the thread's descriptor: a stack of 16 KiB would have 2.3 KiB left,
 * and jemalloc's first allocation takes 2.8 (measured, glibc 2.36). Stacks that
 * the program provides itself are not changed.
 */
#include "config.h"

#include "core/next.h"
#include "core/ops.h"
#include "os/thread.h"
#include "interpose/export.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define STACK_SMALL ((size_t)64 << 10)
#define STACK_ADDED ((size_t)12 << 10)

typedef int create_function(pthread_t *thread, const pthread_attr_t *attr,
	void *(*start)(void *), void *arg);

/*
 * Whether the program has chosen the size, a small one, and the system the
 * place.
 */
static bool
is_small(const pthread_attr_t *attr, size_t *size)
{
	void *start;

	/* without an address glibc reports one that ends at 0 */
	return pthread_attr_getstack(attr, &start, size) == 0 &&
		(uintptr_t)start + *size == 0 && *size != 0 &&
		*size < STACK_SMALL;
}

static int
create_thread(create_function *next, pthread_t *thread,
	const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	pthread_attr_t larger;
	size_t size;

	if (attr == NULL || !is_small(attr, &size))
		return next(thread, attr, start, arg);
	/*
	 * the copy shares what attr points to, which is only read and is not
	 * freed
	 */
	larger = *attr;
	if (pthread_attr_setstacksize(&larger, size + STACK_ADDED) != 0)
		return next(thread, attr, start, arg);
	return next(thread, &larger, start, arg);
}

/* The work of a new thread, in a block of the heap that it frees. */
struct task {
	void *(*start)(void *arg);
	void *arg;
	void *reserved;
};

static void *
start_thread(void *block)
{
	struct task task = *(struct task *)block;

	/*
	 * before all else: must come before this thread's first call of the
	 * heap
	 */
	vmm_thread_start(task.reserved);
	vmm_ops.free(block);
	return task.start(task.arg);
}

/* As create_thread, for a backend that is told of threads. */
static int
create_told_thread(create_function *next, pthread_t *thread,
	const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	struct task *task = vmm_ops.malloc(sizeof(*task));
	int r;

	if (task == NULL)
		return EAGAIN;
	*task = (struct task){ .start = start, .arg = arg };
	if (vmm_thread_reserve(&task->reserved) != 0) {
		vmm_ops.free(task);
		return EAGAIN;
	}
	r = create_thread(next, thread, attr, start_thread, task);
	if (r != 0) {
		vmm_thread_unreserve(task->reserved);
		vmm_ops.free(task);
	}
	return r;
}

VMM_EXPORT int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
	void *(*start)(void *), void *arg)
{
	create_function *next = vmm_next_ops.pthread_create;

	if (next == NULL)
		next = (create_function *)vmm_next("pthread_create");
	if (next == NULL)
		return EAGAIN;
	if (vmm_thread_is_told())
		return create_told_thread(next, thread, attr, start, arg);
	return create_thread(next, thread, attr, start, arg);
}
