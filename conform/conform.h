/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The conformance set of "vmmalloc backends --check": what a backend must do,
 * and what it should do. Each check runs in a process of its own with
 * libvmmalloc and the backend preloaded, and calls the malloc family as any
 * program does. A pool of 256 MiB suffices for a backend that never reuses
 * memory, except in checks of reuse.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include "config.h"

#include "conform/pattern.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef HAVE_MALLINFO
/* libvmmalloc has it if the C library does not; see doc/portability.md. */
#pragma weak malloc_trim
int malloc_trim(size_t pad);
#endif

/* Exit statuses of the process of a check. */
enum vmm_conform_status {
	VMM_CONFORM_OK = 0,
	VMM_CONFORM_FAILED = 1, /* a line on stderr says what */
	VMM_CONFORM_LACKS = 3,	/* the same, for what is not required */
	VMM_CONFORM_UNKNOWN = 4,
};

struct vmm_check {
	const char *name;
	void (*run)(void);
	const char *fork_mode; /* VMMALLOC_FORK for it, or NULL */
};

extern const struct vmm_check vmm_checks[];
extern const size_t vmm_checks_count;

/* Runs the check called name; returns the exit status of the process. */
int vmm_conform_run(const char *name);

/* Ends the process of a check, with a line that says why. */
_Noreturn void vmm_conform_fail(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void vmm_conform_lack(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#define REQUIRE(condition, ...)                        \
	do {                                           \
		if (!(condition))                      \
			vmm_conform_fail(__VA_ARGS__); \
	} while (0)

/* For properties that are not required. */
#define EXPECT(condition, ...)                         \
	do {                                           \
		if (!(condition))                      \
			vmm_conform_lack(__VA_ARGS__); \
	} while (0)

/* The host of the libvmmalloc of this process; fails the check without one. */
const struct vmmalloc_host *vmm_conform_host(void);

/* Fails the check unless all of the block lies in the pool. */
void vmm_conform_check_place(const void *block, size_t size);

/* malloc; fails the check unless it returns a block in the pool. */
void *vmm_conform_malloc(size_t size);

void vmm_check_alignment(void);
void vmm_check_contents(void);
void vmm_check_errno(void);
void vmm_check_exhaustion(void);
void vmm_check_fork(void);
void vmm_check_fork_threads(void);
void vmm_check_give_back(void);
void vmm_check_in_pool(void);
void vmm_check_memalign(void);
void vmm_check_overflow(void);
void vmm_check_realloc(void);
void vmm_check_recovery(void);
void vmm_check_reuse(void);
void vmm_check_statistics(void);
void vmm_check_thread_exit(void);
void vmm_check_thread_reuse(void);
void vmm_check_threads(void);
void vmm_check_too_large(void);
void vmm_check_usable_size(void);
void vmm_check_zero_size(void);
void vmm_check_zeroed(void);

#endif /* CONFORM_H */
