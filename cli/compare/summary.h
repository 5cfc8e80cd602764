/* SPDX-License-Identifier: BSD-3-Clause */
/* The result of a comparison in plain sentences. */
#ifndef VMM_SUMMARY_H
#define VMM_SUMMARY_H

#include "cli/compare/quantity.h"
#include "cli/compare/report.h"

/*
 * One sentence about a main quantity or a metric of all contenders that
 * have not failed: "Time: native takes 11 % less than system (9 to 13 %);
 * jemalloc and tcmalloc do not differ from it measurably." For free(3); NULL if
 * there is nothing to compare.
 */
char *vmm_summary_of(const struct vmm_report *report, enum vmm_quantity_id id);

/* A sentence that names those that have failed; NULL if there are none. */
char *vmm_summary_of_failures(const struct vmm_report *report);

#endif /* VMM_SUMMARY_H */
