/* SPDX-License-Identifier: BSD-3-Clause */
/* The report that VMMALLOC_STATS_FILE asks for. */
#ifndef VMM_STATS_H
#define VMM_STATS_H

#include "vmmalloc/backend.h"

struct vmm_config;

/* Both must stay valid; the report is written when the process exits. */
void vmm_stats_init(const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

#endif /* VMM_STATS_H */
