/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of a comparison; see report.h. */
#include "config.h"

#include "cli/compare/report.h"

#include "cli/cli.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024.0 * 1024.0)

static double
get_wall(const struct vmm_sample *s)
{
	return s->wall;
}

static double
get_user(const struct vmm_sample *s)
{
	return s->user;
}

static double
get_sys(const struct vmm_sample *s)
{
	return s->sys;
}

static double
get_peak(const struct vmm_sample *s)
{
	return (double)s->peak / MIB;
}

static double
get_faults(const struct vmm_sample *s)
{
	return (double)(s->minor_faults + s->major_faults);
}

static double
get_pool(const struct vmm_sample *s)
{
	return s->pool < 0 ? -1 : (double)s->pool / MIB;
}

static const struct quantity {
	const char *title;
	double (*get)(const struct vmm_sample *sample);
	int decimals;
	bool has_ratio;
} quantities[] = {
	{ "wall s", get_wall, 3, true },
	{ "user s", get_user, 3, true },
	{ "sys s", get_sys, 3, true },
	{ "peak MiB", get_peak, 1, true },
	{ "faults", get_faults, 0, true },
	{ "pool MiB", get_pool, 1, false },
};
/* One letter for the name, two for a quantity with its ratio, one otherwise. */
#define ALIGNMENT "lrnrnrnrnrnr"
#define N_QUANTITIES (sizeof(quantities) / sizeof(quantities[0]))

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The median; of an even number of samples, the mean of the middle two. */
static double
median(const struct vmm_contender *contender, const struct quantity *quantity)
{
	size_t n = contender->n;
	double *values = vmm_array_new(n, sizeof(*values));
	double middle;

	for (size_t i = 0; i < n; i++)
		values[i] = quantity->get(&contender->samples[i]);
	qsort(values, n, sizeof(*values), compare_doubles);
	middle = (values[(n - 1) / 2] + values[n / 2]) / 2;
	free(values);
	return middle;
}

static void
add_quantity(struct vmm_table *table, const struct quantity *quantity,
	const struct vmm_contender *contender, const struct vmm_contender *base)
{
	double value = median(contender, quantity);
	double unit;

	if (value < 0)
		vmm_table_add(table, "-");
	else
		vmm_table_add(table, "%.*f", quantity->decimals, value);
	if (!quantity->has_ratio)
		return;
	unit = base->has_failed ? 0 : median(base, quantity);
	if (unit > 0)
		vmm_table_add(table, "%.2f", value / unit);
	else
		vmm_table_add(table, "-");
}

static void
print_title(const struct vmm_report *report, const struct vmm_contender *base)
{
	char *command = vmm_report_command(report->workload);
	char *pools = vmm_report_pools(report);

	printf("%s\n%d run%s each: medians, and ratios to %s (x); %s\n\n",
		command, report->runs, report->runs == 1 ? "" : "s", base->name,
		pools);
	free(command);
	free(pools);
}

static void
add_head(struct vmm_table *table)
{
	vmm_table_add(table, "contender");
	for (size_t i = 0; i < N_QUANTITIES; i++) {
		vmm_table_add(table, "%s", quantities[i].title);
		if (quantities[i].has_ratio)
			vmm_table_add(table, "x");
	}
}

void
vmm_report_print(const struct vmm_report *report)
{
	const struct vmm_contender *base =
		vmm_contenders_base(report->contenders, report->n);
	struct vmm_table table;

	print_title(report, base);
	vmm_table_init(&table, ALIGNMENT);
	add_head(&table);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		vmm_table_add(&table, "%s", contender->name);
		if (contender->has_failed) {
			vmm_table_add(&table, "failed");
			while (table.n % table.columns != 0)
				vmm_table_add(&table, "%s", "");
			continue;
		}
		for (size_t j = 0; j < N_QUANTITIES; j++)
			add_quantity(&table, &quantities[j], contender, base);
	}
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}
