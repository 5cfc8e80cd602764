/* SPDX-License-Identifier: BSD-3-Clause */
/* The outputs of vmmalloc stat. */
#ifndef VMM_LIVE_STAT_H
#define VMM_LIVE_STAT_H

#include "cli/live/process.h"

#include <stdio.h>

void vmm_stat_print_text(const struct vmm_live_list *list, FILE *to);
void vmm_stat_print_json(const struct vmm_live_list *list, FILE *to);

/* OpenMetrics, which readers of Prometheus' text format accept as well. */
void vmm_stat_print_metrics(const struct vmm_live_list *list, FILE *to);

#endif /* VMM_LIVE_STAT_H */
