/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A printf that needs no stdio, no locale, no lock and no allocation: for
 * messages from inside malloc, fork handlers and the constructor.
 */
#ifndef VMM_FORMAT_H
#define VMM_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * As snprintf(3) with %s %c %d %u %x %p %% and the lengths l, ll and z; no
 * widths. A string of more than N bytes is cut by %.Ns so that it is seen: N
 * bytes of it and "...". Always terminates buf if size > 0. Returns the number
 * of bytes that the whole text needs, without the final NUL.
 */
size_t vmm_format(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
size_t vmm_format_va(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif /* VMM_FORMAT_H */
