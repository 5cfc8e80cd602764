/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages and memory for the vmmalloc command; see cli.h. */
#include "config.h"

#include "cli/cli.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_kept; /* complaints are not printed */
static char *kept;

char *
vmm_complaint_take(void)
{
	char *text = kept;

	is_kept = true;
	kept = NULL;
	return text;
}

_Noreturn static void
end_without_memory(void)
{
	fputs("vmmalloc: out of memory\n", stderr);
	exit(VMM_EXIT_RUN_FAILED);
}

char *
vmm_text_of(const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		end_without_memory();
	return text;
}

char *
vmm_text(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = vmm_text_of(fmt, ap);
	va_end(ap);
	return text;
}

void
vmm_complain(const char *fmt, ...)
{
	va_list ap;

	if (is_kept) {
		free(kept);
		va_start(ap, fmt);
		kept = vmm_text_of(fmt, ap);
		va_end(ap);
		return;
	}
	fflush(stdout);
	fputs("vmmalloc: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void *
vmm_array_new(size_t n, size_t size)
{
	return vmm_array_resize(NULL, n, size);
}

void *
vmm_array_resize(void *array, size_t n, size_t size)
{
	void *p = reallocarray(array, n > 0 ? n : 1, size);

	if (p == NULL)
		end_without_memory();
	return p;
}
