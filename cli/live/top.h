/* SPDX-License-Identifier: BSD-3-Clause */
/* The processes of vmmalloc top, with what they did between two readings. */
#ifndef VMM_LIVE_TOP_H
#define VMM_LIVE_TOP_H

#include "cli/live/process.h"

#include <stdbool.h>
#include <stdio.h>

#define VMM_TOP_HISTORY 20

struct vmm_top_row {
	struct vmm_live_process process;
	double calls;  /* that committed, per second; negative: not known */
	double purged; /* bytes per second; negative: not known */
	uint64_t
		history[VMM_TOP_HISTORY]; /* bytes committed, the last is now */
	unsigned int n_history;
};

struct vmm_top {
	struct vmm_top_row *rows;
	size_t n;
	size_t refused;
	double time; /* of the last reading, in seconds */
};

/* The orders: "committed" and so on; ends with NULL. */
extern const char *const vmm_top_orders[];

/* Takes what was read at this time, and sorts it. */
void vmm_top_update(struct vmm_top *top, const struct vmm_live_list *list,
	double now, const char *order);
void vmm_top_free(struct vmm_top *top);

/* How it is printed. */
struct vmm_top_look {
	const char *line_end; /* what goes before each newline */
	int columns, lines;   /* 0: no limit */
	bool is_utf8;
};

void vmm_top_print(
	const struct vmm_top *top, const struct vmm_top_look *look, FILE *to);

#endif /* VMM_LIVE_TOP_H */
