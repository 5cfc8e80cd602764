/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages. None of the functions allocates or uses stdio, all preserve errno,
 * all are thread-safe and may be called in a forked child.
 */
#ifndef VMM_LOG_H
#define VMM_LOG_H

#include <stdbool.h>

/*
 * Prints "Error (libvmmalloc): TEXT" as one line on stderr. While the program
 * has not started the process then ends with status 127 (nothing that was
 * created is left behind); afterwards with abort().
 */
_Noreturn void vmm_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* From here on a fatal error means a broken heap: abort, leave a core. */
void vmm_fatal_set_started(void);

#endif /* VMM_LOG_H */
