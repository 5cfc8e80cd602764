/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages; see log.h. No allocation here. */
#include "config.h"

#include "base/log.h"

#include "base/format.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_NOT_STARTED 127 /* as the shell's "command not found" */

static bool has_started;

void
vmm_fatal_set_started(void)
{
	has_started = true;
}

/*
 * Makes one line of a text that needs n bytes, in a buffer of size bytes. What
 * does not fit is cut so that it is seen; a value with a newline or an escape
 * sequence in it must not look like a line of its own. Returns its length.
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

void
vmm_fatal(const char *fmt, ...)
{
	static const char prefix[] = "Error (libvmmalloc): ";
	char line[1024];
	size_t n = sizeof(prefix) - 1;
	va_list ap;

	memcpy(line, prefix, n);
	va_start(ap, fmt);
	n += vmm_format_va(line + n, sizeof(line) - n, fmt, ap);
	va_end(ap);
	n = make_line(line, n, sizeof(line));
	(void)!write(STDERR_FILENO, line, n);
	vmm_log_copy(line, n);
	if (has_started)
		abort();
	_exit(EXIT_NOT_STARTED);
}
