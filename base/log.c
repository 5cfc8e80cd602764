/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages; see log.h. No allocation here. */
#include "config.h"

#include "base/log.h"

#include "base/format.h"
#include "base/hot.h"
#include "base/linux_sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_NOT_STARTED 127 /* as the shell's "command not found" */

static bool has_started VMM_HOT_DATA;

void
vmm_fatal_set_started(void)
{
	has_started = true;
}

/*
 * Makes one line of a text that needs n bytes, in a buffer of size bytes. A
 * text that does not fit is cut and ends in "..."; control characters are
 * replaced, because a value with a newline or an escape sequence must not look
 * like a line of its own. Returns the length of the line.
 */
static size_t
make_line(char *text, size_t n, size_t size)
{
	if (n > size - 1) {
		n = size - 1;
		memcpy(text + n - 3, "...", 3);
	}
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	text[n++] = '\n';
	return n;
}

/* "PREFIX (libvmmalloc): TEXT" on stderr, and in the log file. */
static __attribute__((format(printf, 2, 0))) void
say(const char *prefix, const char *fmt, va_list ap)
{
	char line[1024];
	size_t n = vmm_format(line, sizeof(line), "%s (libvmmalloc): ", prefix);

	n += vmm_format_va(line + n, sizeof(line) - n, fmt, ap);
	n = make_line(line, n, sizeof(line));
	(void)!vmm_sys_write(STDERR_FILENO, line, n);
	vmm_log_copy(line, n);
}

void
vmm_warn(const char *fmt, ...)
{
	int saved_errno = errno;
	va_list ap;

	va_start(ap, fmt);
	say("Warning", fmt, ap);
	va_end(ap);
	errno = saved_errno;
}

void
vmm_fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("Error", fmt, ap);
	va_end(ap);
	if (has_started)
		abort();
	vmm_sys_exit(EXIT_NOT_STARTED);
}
