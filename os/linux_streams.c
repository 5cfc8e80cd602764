/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform on Linux: open streams across fork. No allocation here.
 *
 * glibc's fork resets the lock of each FILE in the child of a process with
 * several threads, before any fork handler runs there (fresetlockfiles in
 * posix/fork.c, glibc 2.34 to 2.42). A FILE comes from malloc. If the child's
 * heap is still the memory of the parent at that moment, the locks are those of
 * the parent: a thread of the parent that holds one never releases it to the
 * others. So the list of streams is empty during fork, and the locks are reset
 * here once the child has its own memory.
 *
 * The names have been exported since glibc 2.2.5. They are looked up at run
 * time, in libc's own handle: a program may have a copy of the list's head.
 */
#include "config.h"

#include "os/process.h"

#include "os/sealed.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h> /* __GLIBC__ */

#ifdef __GLIBC__
static FILE *hidden;

/* libio.h, which is not installed: the program takes care of the lock itself */
#define IO_USER_LOCK 0x8000

static bool
is_known(void)
{
	return vmm_os_sealed.list_lock != NULL &&
		vmm_os_sealed.list_unlock != NULL &&
		vmm_os_sealed.list_all != NULL;
}

void
vmm_os_streams_hide(void)
{
	if (!is_known())
		return;
	/*
	 * the lock is recursive, and the C library's fork acquires it after
	 * this anyway
	 */
	vmm_os_sealed.list_lock();
	hidden = *vmm_os_sealed.list_all;
	*vmm_os_sealed.list_all = NULL;
}

/* The lock of a stream: a futex word, a count and an owner (struct _IO_FILE).
 */
struct stream_lock {
	int lock;
	int count;
	void *owner;
};

void
vmm_os_streams_show(bool is_child)
{
	if (!is_known())
		return;
	*vmm_os_sealed.list_all = hidden;
	if (!is_child) {
		vmm_os_sealed.list_unlock();
		return;
	}
	/* the C library has reset the lock of the list itself */
	for (FILE *f = hidden; f != NULL; f = f->_chain)
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
