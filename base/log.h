/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages. None of the functions allocates or uses stdio, all preserve errno,
 * all are thread-safe and may be called in a forked child.
 */
#ifndef VMM_LOG_H
#define VMM_LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Prints "Error (libvmmalloc): TEXT" as one line of at most 1024 bytes on
 * stderr, and in the log file if there is one; a value in it is best printed as
 * %.300s. Then ends the process: with status 127 if the program has not started
 * yet (nothing that was created is left behind), otherwise with abort().
 */
_Noreturn void vmm_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Prints "Warning (libvmmalloc): TEXT" in the same places, and returns: for
 * what the user must know and the program can tolerate.
 */
void vmm_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* From here on a fatal error means a broken heap: abort, and leave a core. */
void vmm_fatal_set_started(void);

/*
 * Trace points: only the debug variant has them. Levels as in the original: 1
 * errors, 2 basic operations, 3 their steps, 4 every call. The arguments of a
 * trace point are not evaluated in the release variant.
 *
 * VMM_LOG(level, fmt, ...)
 *     writes a line of this level.
 * VMM_LOG_ERRNO(fmt, ...)
 *     writes a line of level 1 about a call that has failed: the call, a colon
 *     and what errno means.
 * VMM_LOG_IF_NULL(ptr, fmt, ...)
 *     is ptr; the line is as VMM_LOG_ERRNO's, and written if ptr is NULL.
 * VMM_ASSERT(condition)
 *     is a fatal error if the condition does not hold.
 */
#ifdef VMM_DEBUG

extern int vmm_log_level;

/*
 * Reads VMMALLOC_LOG_LEVEL, _LOG_FILE and _LOG_STATS; ends the process if the
 * file cannot be opened.
 */
void vmm_log_init(void);

/*
 * In a forked child: opens a log of its own if the file's name ends in "-". If
 * that fails the child has no log: that is no reason to end a program.
 */
void vmm_log_fork_child(void);

/* One line "<libvmmalloc>: <LEVEL> [FILE:LINE FUNCTION] TEXT". */
void vmm_log(int level, const char *file, int line, const char *function,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void vmm_log_errno(const char *file, int line, const char *function,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Copies a line of n bytes to the log as it is, if the log is a file. */
void vmm_log_copy(const char *line, size_t n);

#define VMM_LOG(level, ...)                                          \
	do {                                                         \
		if (__builtin_expect(vmm_log_level >= (level), 0))   \
			vmm_log(level, __FILE__, __LINE__, __func__, \
				__VA_ARGS__);                        \
	} while (0)

#define VMM_LOG_ERRNO(...)                                                  \
	do {                                                                \
		if (__builtin_expect(vmm_log_level >= 1, 0))                \
			vmm_log_errno(                                      \
				__FILE__, __LINE__, __func__, __VA_ARGS__); \
	} while (0)

#define VMM_LOG_IF_NULL(ptr, ...)                   \
	({                                          \
		void *ptr_ = (ptr);                 \
                                                    \
		if (__builtin_expect(!ptr_, 0))     \
			VMM_LOG_ERRNO(__VA_ARGS__); \
		ptr_;                               \
	})

#define VMM_ASSERT(condition)                                                 \
	do {                                                                  \
		if (__builtin_expect(!(condition), 0))                        \
			vmm_fatal("assertion failed: %s (%s:%d)", #condition, \
				__FILE__, __LINE__);                          \
	} while (0)

#else

#define VMM_LOG(level, ...) ((void)0)
#define VMM_LOG_ERRNO(...) ((void)0)
#define VMM_LOG_IF_NULL(ptr, ...) (ptr)
#define VMM_ASSERT(condition) ((void)0)

static inline void
vmm_log_init(void)
{
}

static inline void
vmm_log_fork_child(void)
{
}

static inline void
vmm_log_copy(const char *line, size_t n)
{
	(void)line;
	(void)n;
}

#endif

#endif /* VMM_LOG_H */
