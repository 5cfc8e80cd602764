/* SPDX-License-Identifier: BSD-3-Clause */
/* A comparison as text; see report.h. */
#include "config.h"

#include "cli/compare/report.h"

#include "cli/cli.h"
#include "cli/compare/machine.h"
#include "cli/compare/ratio.h"
#include "cli/compare/requested.h"
#include "cli/compare/summary.h"
#include "cli/help.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define NAME_WIDTH 14 /* longer names have a line of their own */

/* Of a name, then two quantities with a ratio each. */
#define MAIN_ALIGNMENT "lrrnlrrnl"
#define SHORT_ALIGNMENT "lrrnl" /* of one of them */

/* The others: one column each. */
static const enum vmm_quantity_id other_quantities[] = { VMM_USER, VMM_SYS,
	VMM_MINOR_FAULTS, VMM_MAJOR_FAULTS, VMM_POOL };
#define N_OTHER (sizeof(other_quantities) / sizeof(other_quantities[0]))
#define OTHER_ALIGNMENT "lrrrrr"

static const enum vmm_quantity_id counts[] = { VMM_INSTRUCTIONS,
	VMM_CACHE_MISSES, VMM_TLB_MISSES };
#define N_COUNTS (sizeof(counts) / sizeof(counts[0]))
#define COUNT_ALIGNMENT "lrrr"

static void
add_name(struct vmm_table *table, const struct vmm_contender *contender)
{
	vmm_table_add(table, "%s%s", contender->name,
		strlen(contender->name) > NAME_WIDTH ? "\n" : "");
}

static void
add_median(struct vmm_table *table, const struct vmm_contender *contender,
	enum vmm_quantity_id id)
{
	char *text =
		vmm_quantity_format(id, vmm_quantity_median(id, contender));

	vmm_table_add(table, "%s", text);
	free(text);
}

static void
add_ratio(struct vmm_table *table, const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id)
{
	struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);

	if (!ratio.is_known) {
		vmm_table_add(table, "-");
		vmm_table_add(table, "%s", "");
		vmm_table_add(table, "%s", "");
		return;
	}
	vmm_table_add(
		table, "%.*f", ratio.estimate < 10 ? 3 : 1, ratio.estimate);
	vmm_table_add(table, "%s", vmm_ratio_is_real(&ratio) ? "*" : "");
	if (ratio.has_interval)
		vmm_table_add(table, "%.*f-%.*f", ratio.low < 10 ? 3 : 1,
			ratio.low, ratio.high < 10 ? 3 : 1, ratio.high);
	else
		vmm_table_add(table, "-");
}

/* A table with the ratios of one or two quantities. */
static void
print_main(const struct vmm_report *report, const enum vmm_quantity_id *ids,
	size_t n)
{
	struct vmm_table table;

	vmm_table_init(&table, n > 1 ? MAIN_ALIGNMENT : SHORT_ALIGNMENT);
	vmm_table_add(&table, "contender");
	for (size_t i = 0; i < n; i++) {
		vmm_table_add(&table, "%s", vmm_quantities[ids[i]].title);
		vmm_table_add(&table, "ratio");
		vmm_table_add(&table, "%s", "");
		vmm_table_add(&table, "interval");
	}
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		add_name(&table, contender);
		if (contender->has_failed) {
			vmm_table_add(&table, "failed");
			while (table.n % table.columns != 0)
				vmm_table_add(&table, "%s", "");
			continue;
		}
		for (size_t j = 0; j < n; j++) {
			add_median(&table, contender, ids[j]);
			add_ratio(&table, report, contender, ids[j]);
		}
	}
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

/* A table with one column per quantity, if any of them is known. */
static void
print_others(const struct vmm_report *report, const enum vmm_quantity_id *ids,
	size_t n, const char *alignment)
{
	struct vmm_table table;

	if (!vmm_quantities_are_known(ids, n, report->contenders, report->n))
		return;
	vmm_table_init(&table, alignment);
	vmm_table_add(&table, "contender");
	for (size_t i = 0; i < n; i++)
		vmm_table_add(&table, "%s", vmm_quantities[ids[i]].title);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		if (contender->has_failed)
			continue;
		add_name(&table, contender);
		for (size_t j = 0; j < n; j++)
			add_median(&table, contender, ids[j]);
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static void
print_sizes(const struct vmm_report *report)
{
	struct vmm_table table;

	if (report->sizes == NULL)
		return;
	vmm_requested_fill(&table, report->sizes);
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

/* Tables of the main quantities and the metrics, two in each. */
static void
print_ratios(const struct vmm_report *report)
{
	enum vmm_quantity_id ids[VMM_N_MAIN + VMM_METRICS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < VMM_N_MAIN; i++)
		ids[n++] = vmm_main_quantities[i];
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++) {
		if (vmm_quantity_is_known(i, report->contenders, report->n))
			ids[n++] = i;
	}
	for (size_t i = 0; i < n; i += 2) {
		if (i > 0)
			putchar('\n');
		print_main(report, ids + i, n - i > 1 ? 2 : 1);
	}
}

static void
print_title(const struct vmm_report *report)
{
	char *command = vmm_report_title(report->workload);
	char *design = vmm_report_design(report, "*");

	puts(command);
	vmm_help_wrap(design, 0, 0);
	putchar('\n');
	free(command);
	free(design);
}

/* Whether the sentences are set off, see https://no-color.org. */
static bool
is_bold(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) &&
		(no_color == NULL || no_color[0] == '\0') && term != NULL &&
		strcmp(term, "dumb") != 0;
}

static void
print_wrapped(char *text)
{
	for (char *c = text; *c != '\0'; c++) {
		if (c[0] == ' ' && c[1] == '%')
			*c = VMM_HELP_BLANK;
	}
	if (is_bold())
		fputs(BOLD, stdout);
	vmm_help_wrap(text, 0, 0);
	if (is_bold())
		fputs(PLAIN, stdout);
}

static void
print_sentence(char *sentence)
{
	if (sentence != NULL)
		print_wrapped(sentence);
	free(sentence);
}

/* If the machine may have them, but this process may not use them. */
static void
print_refusal(void)
{
	bool is_refused;
	char *why = vmm_machine_describe_counters(&is_refused);

	if (is_refused) {
		char *text = vmm_text("No hardware counters: %s.", why);

		vmm_help_wrap(text, 0, 0);
		free(text);
	}
	free(why);
}

void
vmm_report_print(const struct vmm_report *report)
{
	print_title(report);
	print_ratios(report);
	print_others(report, other_quantities, N_OTHER, OTHER_ALIGNMENT);
	print_others(report, counts, N_COUNTS, COUNT_ALIGNMENT);
	print_sizes(report);
	if (vmm_report_is_sweep(report))
		vmm_report_print_sweep(report);
	if (report->n > 1 || report->noise != NULL)
		putchar('\n');
	print_sentence(vmm_summary_of_failures(report));
	for (size_t i = 0; i < VMM_N_MAIN; i++)
		print_sentence(vmm_summary_of(report, vmm_main_quantities[i]));
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++)
		print_sentence(vmm_summary_of(report, i));
	if (report->noise != NULL) {
		char *text = vmm_text("Noisy machine: %s", report->noise);

		print_wrapped(text);
		free(text);
	}
	print_refusal();
}
