/* SPDX-License-Identifier: BSD-3-Clause */
/* The contenders of a replay, and their results. */
#ifndef VMM_REPLAY_CONTEST_H
#define VMM_REPLAY_CONTEST_H

#include "cli/compare/contenders.h"
#include "cli/replay/replay.h"
#include "cli/replay/result.h"
#include "cli/table.h"

#include <stddef.h>

struct vmm_replay_contest {
	const struct vmm_replay_choice *choice;
	const struct vmm_contender *contenders;
	struct vmm_replay_result *results; /* of the fastest run of each */
	size_t n;
};

/* Prints the report. */
void vmm_replay_print(const struct vmm_replay_contest *contest);

/* Write it to a file. 0, or -1 after a complaint. */
int vmm_replay_write_json(
	const struct vmm_replay_contest *contest, const char *file);
int vmm_replay_write_html(
	const struct vmm_replay_contest *contest, const char *file);

/*
 * Each fills a new table: all calls of each contender, each call, and each call
 * by ranges of sizes.
 */
void vmm_replay_tabulate(
	const struct vmm_replay_contest *contest, struct vmm_table *table);
void vmm_replay_tabulate_calls(
	const struct vmm_replay_contest *contest, struct vmm_table *table);
void vmm_replay_tabulate_ranges(
	const struct vmm_replay_contest *contest, struct vmm_table *table);

/*
 * All that is said of all contenders: the trace, its live bytes, damage, and
 * calls that were late. Sentences separated by newlines, for free(3).
 */
char *vmm_replay_summarize(const struct vmm_replay_contest *contest);

/* The name of a call. */
extern const char *const vmm_replay_names[VMM_REPLAY_CALLS];

#endif /* VMM_REPLAY_CONTEST_H */
