/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform on Linux: open streams across fork. No allocation here.
 *
 * glibc's fork, in the child of a process with several threads and before any
 * fork handler runs there, makes the lock of each FILE free (fresetlockfiles
 * in posix/fork.c, glibc 2.34 to 2.42). A FILE comes from malloc. If the heap
 * is still the memory of the parent at that moment, the locks are those of the
 * parent: a thread of it that holds one never releases it to the others. So the
 * list of streams is empty meanwhile, and the locks are made free here once the
 * child has its own memory.
 *
 * The names are exported since glibc 2.2.5 and looked up at run time.
 */
#include "config.h"

#include "os/linux_streams.h"

#include "os/process.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h> /* __GLIBC__ */

#ifdef __GLIBC__
static struct {
	void (*lock)(void);
	void (*unlock)(void);
	FILE **all;
	FILE *hidden;
} streams;

/* libio.h, which is not installed: the program takes care of the lock itself */
#define IO_USER_LOCK 0x8000

/* From libc's own handle: a program may have a copy of the list's head. */
void
vmm_os_streams_init(void *libc)
{
	streams.lock = (void (*)(void))dlsym(libc, "_IO_list_lock");
	streams.unlock = (void (*)(void))dlsym(libc, "_IO_list_unlock");
	streams.all = (FILE **)dlsym(libc, "_IO_list_all");
}

void
vmm_os_streams_hide(void)
{
	if (streams.lock == NULL || streams.unlock == NULL ||
		streams.all == NULL)
		return;
	/* recursive, and the C library's fork acquires it after this anyway */
	streams.lock();
	streams.hidden = *streams.all;
	*streams.all = NULL;
}

/* The lock of a stream: a futex word, a count and an owner (struct _IO_FILE). */
struct stream_lock {
	int lock;
	int count;
	void *owner;
};

void
vmm_os_streams_show(bool is_child)
{
	if (streams.lock == NULL || streams.unlock == NULL ||
		streams.all == NULL)
		return;
	*streams.all = streams.hidden;
	if (!is_child) {
		streams.unlock();
		return;
	}
	/* the lock of the list itself was made free by the C library */
	for (FILE *f = streams.hidden; f != NULL; f = f->_chain)
		if ((f->_flags & IO_USER_LOCK) == 0 && f->_lock != NULL)
			memset(f->_lock, 0, sizeof(struct stream_lock));
}
#else
void
vmm_os_streams_hide(void)
{
}

void
vmm_os_streams_show(bool is_child)
{
	(void)is_child;
}
#endif
