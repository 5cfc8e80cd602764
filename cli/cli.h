/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Declarations that all files of the vmmalloc command share. The command has
 * one thread. If memory runs out it prints a message and exits, so no function
 * declared here returns NULL for lack of memory.
 */
#ifndef VMM_CLI_H
#define VMM_CLI_H

#include <stdarg.h>
#include <stddef.h>

/* Exit statuses; those of run are the ones of env(1). */
enum vmm_exit {
	VMM_EXIT_OK = 0,
	VMM_EXIT_FAILED = 1, /* outputs differ, or a check has failed */
	VMM_EXIT_USAGE = 2,
	VMM_EXIT_RUN_FAILED = 125, /* vmmalloc itself fails in run */
	VMM_EXIT_CANNOT_EXECUTE = 126,
	VMM_EXIT_NOT_FOUND = 127,
};

/* Prints "vmmalloc: TEXT" and a newline to stderr. */
void vmm_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * From the first call on vmm_complain prints nothing. Returns the text of the
 * last complaint since the call before, for free(3), or NULL if there was none.
 */
char *vmm_complaint_take(void);

/* Returns a new string, for free(3). */
char *vmm_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *vmm_text_of(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

/* Like malloc and realloc, of n elements of size bytes. */
void *vmm_array_new(size_t n, size_t size);
void *vmm_array_resize(void *array, size_t n, size_t size);

#endif /* VMM_CLI_H */
