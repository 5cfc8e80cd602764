/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc trace: what is in a file that vmmalloc record has written. */
#include "config.h"

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/trace/trace.h"

static bool is_csv;
static const char *order = "peak";
static const char *form; /* NULL: no export */
static const char *output;
static const char *html; /* NULL: none */

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	(void)pool;
	if (arguments[0] == NULL || arguments[1] != NULL) {
		vmm_complain("trace: give one FILE; see 'vmmalloc help trace'");
		return VMM_EXIT_USAGE;
	}
	if (output != NULL && form == NULL) {
		vmm_complain("trace: -o FILE is for --export; see 'vmmalloc "
			     "help trace'");
		return VMM_EXIT_USAGE;
	}
	if (html != NULL && (form != NULL || is_csv)) {
		vmm_complain("trace: --report goes with neither --csv nor "
			     "--export; see 'vmmalloc help trace'");
		return VMM_EXIT_USAGE;
	}
	if (form != NULL)
		return vmm_trace_export(arguments[0], form, output);
	return is_csv ? vmm_trace_print_csv(arguments[0])
		      : vmm_trace_print(arguments[0], order, html);
}

static const struct vmm_option options[] = {
	{ .letter = 'c',
		.name = "csv",
		.meaning = "print each event as a line of CSV",
		.flag = &is_csv },
	{ .name = "export",
		.value = "FORM",
		.meaning = "write the sums of all stacks as csv, speedscope or "
			   "pprof instead",
		.text = &form },
	{ .letter = 'o',
		.name = "output",
		.value = "FILE",
		.meaning = "the file of --export [standard output]",
		.text = &output },
	{ .letter = 'r',
		.name = "report",
		.value = "FILE",
		.meaning = "write a page of HTML with pictures as well",
		.text = &html },
	{ .name = "sort",
		.value = "ORDER",
		.meaning = "call sites by bytes live at the peak, at the end, "
			   "or allocated [peak]",
		.text = &order },
	{ .name = NULL },
};

const struct vmm_command vmm_command_trace = {
	.name = "trace",
	.summary = "show what is in a trace of allocations",
	.arguments = "FILE",
	.description =
		"Prints what a trace from vmmalloc record says about the "
		"program: calls, sizes, lifetimes, threads, the most bytes "
		"that were live at once and, if it has stacks, call sites.",
	.options = options,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
