/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: functions for the process as a whole. None but
 * vmm_os_process_init allocates; all others are thread-safe and may be called
 * in a forked child.
 */
#ifndef VMM_OS_PROCESS_H
#define VMM_OS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in a page. */
size_t vmm_os_page_size(void);

/*
 * Registers fork handlers with the C library, not through the __register_atfork
 * of this library. The handlers are removed when the library that dso_handle
 * stands for is unloaded; NULL means never. Returns 0 or an error number.
 */
int vmm_os_atfork(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle);

/*
 * Whether the process has had only one thread so far. False if that is not
 * known; it may stay false in a forked child.
 */
bool vmm_os_is_single_threaded(void);

/*
 * Hides the list of open streams from the C library: until show is called, the
 * C library finds none, and no thread can open, close or list streams.
 * Otherwise a child that glibc's fork makes would reset the locks of all
 * streams, in memory that is still its parent's. Both functions do nothing if
 * the C library does not work that way. The caller holds no lock that an open
 * stream could need, such as a heap's.
 */
void vmm_os_streams_hide(void);

/* Shows the list again; in a child also releases the locks of all streams. */
void vmm_os_streams_show(bool is_child);

/*
 * Calls run(arg) so that no other thread and no signal handler can close or
 * replace descriptors. If there may be other threads, it runs in a process with
 * a copy of the descriptors, while this thread waits; memory and thread-local
 * variables are shared, except in emulators such as Valgrind. Returns its
 * result, 0 or -1 with errno; -1 with ENOSYS also if it could not be called: in
 * a sandbox, at a limit, or before vmm_os_process_init. The function must not
 * use the C library.
 */
int vmm_os_run_apart(int (*run)(void *arg), void *arg);

/* Milliseconds of a clock that never goes back, in steps of 1 to 10 ms. */
uint64_t vmm_os_clock_ms(void);

/* Nanoseconds of the same clock, as exact as the machine has it. */
uint64_t vmm_os_clock_ns(void);

/*
 * Looks up the functions of the C library that the above need, past other
 * libraries that may replace them. Until then the clock is a system call, which
 * is slower, and streams are not hidden. To be called once, from a constructor;
 * may allocate.
 */
void vmm_os_process_init(void);

/* A thread's signal mask before vmm_os_signals_block. */
struct vmm_os_signals {
	uint64_t mask[16];
};

/*
 * Blocks all signals of this thread, around a few system calls whose effect no
 * signal handler may see half done; restores them.
 */
void vmm_os_signals_block(struct vmm_os_signals *old);
void vmm_os_signals_restore(const struct vmm_os_signals *old);

/* A short text for an errno value, without allocation or translation. */
const char *vmm_os_strerror(int err);

/* As getenv, but NULL in a set-user-ID or set-group-ID program. */
const char *vmm_os_getenv(const char *name);

/*
 * Stores the current directory in a buffer of size bytes. 0, or -1 with errno.
 */
int vmm_os_cwd(char *path, size_t size);

/* The limit on address space (RLIMIT_AS) in bytes; SIZE_MAX if there is none.
 */
size_t vmm_os_address_limit(void);

#endif /* VMM_OS_PROCESS_H */
