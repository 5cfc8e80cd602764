/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of a report about its command and pools; see report.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/compare/ratio.h"
#include "cli/compare/report.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_WIDTH 76
#define MIB (1024.0 * 1024.0)

char *
vmm_report_title(const struct vmm_workload *workload)
{
	char *text;

	if (workload->name != NULL)
		return vmm_text("%s", workload->name);
	text = vmm_text("%s", workload->argv[0]);
	for (char *const *word = workload->argv + 1; *word != NULL; word++) {
		char *longer =
			vmm_text("%s %s", text, **word != '\0' ? *word : "''");

		free(text);
		text = longer;
	}
	text[strcspn(text, "\n")] = '\0';
	if (strlen(text) > COMMAND_WIDTH)
		strcpy(text + COMMAND_WIDTH - 3, "...");
	return text;
}

/* Whether a contender before the i-th has the same pool. */
static bool
is_repeated(const struct vmm_report *report, size_t i)
{
	const struct vmm_settings *pool = report->contenders[i].settings;

	for (size_t j = 0; j < i; j++) {
		const struct vmm_settings *other =
			report->contenders[j].settings;

		if (other != NULL &&
			strcmp(other->pool_dir, pool->pool_dir) == 0)
			return true;
	}
	return false;
}

/* "pool of 32 MiB in ram", for free(3). */
static char *
describe_pools(const struct vmm_report *report)
{
	char *text = NULL;

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_settings *pool =
			report->contenders[i].settings;
		double mib;
		bool is_large;
		char *longer;

		if (pool == NULL || is_repeated(report, i))
			continue;
		mib = (double)pool->pool_size / MIB;
		is_large = mib >= 1024;
		longer = vmm_text("%s%s%.*f %s in %s",
			text != NULL ? text : "pool of ",
			text != NULL ? ", of " : "", is_large ? 1 : 0,
			is_large ? mib / 1024 : mib, is_large ? "GiB" : "MiB",
			pool->pool_dir);
		free(text);
		text = longer;
	}
	return text != NULL ? text : vmm_text("no pool");
}

char *
vmm_report_design(const struct vmm_report *report, const char *mark)
{
	const struct vmm_contender *base =
		vmm_contenders_base(report->contenders, report->n);
	char *pools = describe_pools(report);
	const char *end = report->is_wide && report->n > 1
		? "; too few runs for --until"
		: "";
	const char *plural = base->n == 1 ? "" : "s";
	char *text;

	if (report->n == 1)
		text = vmm_text(
			"%zu run%s: medians; %s", base->n, plural, pools);
	else
		text = vmm_text("%zu run%s each: medians, and ratios to %s "
				"with %.0f %% intervals (%s: a real "
				"difference)%s; %s",
			base->n, plural, base->name, VMM_CONFIDENCE * 100, mark,
			end, pools);
	free(pools);
	return text;
}
