/* SPDX-License-Identifier: BSD-3-Clause */
/* Time against near memory, as text; see report.h. */
#include "config.h"

#include "cli/compare/quantity.h"
#include "cli/compare/report.h"
#include "cli/compare/sweep.h"
#include "cli/table.h"

#include <stdlib.h>

#define MIB (1024.0 * 1024.0)

bool
vmm_report_is_sweep(const struct vmm_report *report)
{
	return report->n > 0 && report->contenders[0].point != NULL;
}

void
vmm_report_print_sweep(const struct vmm_report *report)
{
	struct vmm_table table;

	vmm_table_init(&table, "lrr");
	vmm_table_add(&table, "near");
	vmm_table_add(&table, "MiB");
	vmm_table_add(&table, "%s", vmm_quantities[VMM_WALL].title);
	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];
		char *time = vmm_quantity_format(
			VMM_WALL, vmm_quantity_median(VMM_WALL, contender));

		vmm_table_add(&table, "%d %%", contender->point->percent);
		vmm_table_add(
			&table, "%.0f", (double)contender->point->bytes / MIB);
		vmm_table_add(
			&table, "%s", contender->has_failed ? "failed" : time);
		free(time);
	}
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}
