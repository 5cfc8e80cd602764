/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages. None of the functions allocates or uses stdio, all preserve errno,
 * all are thread-safe and may be called in a forked child.
 */
#ifndef VMM_LOG_H
#define VMM_LOG_H

#include <stdbool.h>

/*
 * Prints "Error (libvmmalloc): TEXT" as one line on stderr, of at most 1024
 * bytes: a value in it is best given as %.300s. While the program
 * has not started the process then ends with status 127 (nothing that was
 * created is left behind); afterwards with abort().
 */
_Noreturn void vmm_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* From here on a fatal error means a broken heap: abort, leave a core. */
void vmm_fatal_set_started(void);

/*
 * Trace points: only the debug variant has them. Levels as in the original: 1
 * errors, 2 milestones, 3 internals, 4 every call. The argument of a trace
 * point is not evaluated in the release variant.
 */
#ifdef VMM_DEBUG

extern int vmm_log_level;

/* Reads VMMALLOC_LOG_LEVEL and _LOG_FILE; ends the process on a bad value. */
void vmm_log_init(void);

/* In a forked child: a log of its own where the file's name ends in "-". */
void vmm_log_fork_child(void);

/* One line "<libvmmalloc>: <LEVEL> [FILE:LINE FUNCTION] TEXT". */
void vmm_log(int level, const char *file, int line, const char *function,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#define VMM_LOG(level, ...)                                          \
	do {                                                         \
		if (__builtin_expect(vmm_log_level >= (level), 0))   \
			vmm_log(level, __FILE__, __LINE__, __func__, \
				__VA_ARGS__);                        \
	} while (0)

#define VMM_ASSERT(condition)                                                 \
	do {                                                                  \
		if (__builtin_expect(!(condition), 0))                        \
			vmm_fatal("assertion failed: %s (%s:%d)", #condition, \
				__FILE__, __LINE__);                          \
	} while (0)

#else

#define VMM_LOG(level, ...) ((void)0)
#define VMM_ASSERT(condition) ((void)0)

static inline void
vmm_log_init(void)
{
}

static inline void
vmm_log_fork_child(void)
{
}

#endif

#endif /* VMM_LOG_H */
