/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages; see log.h. No allocation here. */
#include "config.h"

#include "core/log.h"

#include "core/format.h"

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
	if (n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	line[n++] = '\n';
	(void)!write(STDERR_FILENO, line, n);
	if (has_started)
		abort();
	_exit(EXIT_NOT_STARTED);
}
