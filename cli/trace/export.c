/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc trace --export: the file, and the form CSV. */
#include "config.h"

#include "cli/trace/export.h"

#include "cli/cli.h"
#include "cli/trace/symbols.h"
#include "cli/trace/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	int (*write)(const struct vmm_trace_export *from, FILE *to);
} forms[] = {
	{ "csv", vmm_trace_export_csv },
	{ "speedscope", vmm_trace_export_speedscope },
	{ "pprof", vmm_trace_export_pprof },
};

/* A field of CSV, with quotes as in RFC 4180. */
static void
print_text(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', to);
		putc(*text, to);
	}
}

static void
print_stack(const struct vmm_trace_stacks *stacks, uint32_t number, FILE *to)
{
	struct vmm_trace_stack stack = vmm_trace_stacks_get(stacks, number);

	putc('"', to);
	for (uint32_t i = 0; i < stack.n; i++) {
		char *name = vmm_trace_symbols_describe(stacks,
			&stacks->locations[stacks->frames[stack.first + i]]);

		if (i > 0)
			putc(';', to);
		print_text(name, to);
		free(name);
	}
	fputs("\"\n", to);
}

int
vmm_trace_export_csv(const struct vmm_trace_export *from, FILE *to)
{
	fputs("peak_bytes,peak_blocks,end_bytes,end_blocks,allocated_bytes,"
	      "allocated_blocks,stack\n",
		to);
	for (uint32_t i = 0; i < from->summary->n_sites; i++) {
		const struct vmm_trace_site *site = &from->summary->sites[i];
		const struct vmm_trace_count *counts[] = { &site->peak,
			&site->live, &site->allocated };

		if (site->allocated.n == 0)
			continue;
		for (int k = 0; k < 3; k++)
			fprintf(to, "%" PRIu64 ",%" PRIu64 ",",
				counts[k]->bytes, counts[k]->n);
		print_stack(from->stacks, i, to);
	}
	return ferror(to) ? -1 : 0;
}

static int
export_to(FILE *to, const char *path,
	int (*write)(const struct vmm_trace_export *from, FILE *to))
{
	struct vmm_trace_reader reader;
	struct vmm_trace_summary summary;
	struct vmm_trace_stacks stacks;
	struct vmm_trace_export from = { &reader, &summary, &stacks };
	int result;

	if (vmm_trace_open(&reader, path) != 0)
		return VMM_EXIT_FAILED;
	vmm_trace_summary_read(&summary, &reader);
	vmm_trace_stacks_read(&stacks, &reader);
	vmm_trace_symbols_find(&stacks);
	errno = 0;
	result = write(&from, to);
	if (result == 0)
		result = fflush(to);
	if (result != 0)
		vmm_complain("trace: cannot write: %s", strerror(errno));
	vmm_trace_stacks_free(&stacks);
	vmm_trace_summary_free(&summary);
	vmm_trace_close(&reader);
	return result == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}

int
vmm_trace_export(const char *path, const char *form, const char *output)
{
	FILE *to = stdout;
	size_t i = 0;
	int status;

	while (i < sizeof(forms) / sizeof(forms[0]) &&
		strcmp(forms[i].name, form) != 0)
		i++;
	if (i == sizeof(forms) / sizeof(forms[0])) {
		vmm_complain("bad --export '%s': not csv, speedscope or pprof",
			form);
		return VMM_EXIT_USAGE;
	}
	if (output != NULL)
		to = fopen(output, "we");
	if (to == NULL) {
		vmm_complain("trace: cannot write '%s': %s", output,
			strerror(errno));
		return VMM_EXIT_FAILED;
	}
	status = export_to(to, path, forms[i].write);
	if (output != NULL && fclose(to) != 0 && status == VMM_EXIT_OK) {
		vmm_complain("trace: cannot write '%s': %s", output,
			strerror(errno));
		status = VMM_EXIT_FAILED;
	}
	return status;
}
