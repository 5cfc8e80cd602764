/* SPDX-License-Identifier: BSD-3-Clause */
/* The quantities that a comparison measures in each run. */
#ifndef VMM_QUANTITY_H
#define VMM_QUANTITY_H

#include "cli/compare/measure.h"

enum vmm_quantity_id {
	VMM_WALL,
	VMM_CPU, /* user and sys */
	VMM_USER,
	VMM_SYS,
	VMM_PEAK,
	VMM_MINOR_FAULTS,
	VMM_MAJOR_FAULTS,
	VMM_POOL,
	VMM_INSTRUCTIONS,
	VMM_CACHE_MISSES,
	VMM_TLB_MISSES,
	VMM_METRIC, /* the first of VMM_METRICS_MAX */
	VMM_N_QUANTITIES = VMM_METRIC + VMM_METRICS_MAX,
};

#define VMM_N_MAIN 3

/* Those that have a ratio, an interval and a sentence, beside metrics. */
extern const enum vmm_quantity_id vmm_main_quantities[VMM_N_MAIN];

struct vmm_quantity {
	/* With its unit, as in the table; NULL: no metric has it. */
	const char *title;
	const char *name; /* of a sentence; NULL: it has none */
	const char *key;  /* the same for a program: "peak_bytes" */
	/* In the unit of key; negative: not known. */
	double (*get)(const struct vmm_sample *sample);
	double unit;   /* of the title, in units of key */
	bool is_whole; /* key counts something: no decimals */
};

extern struct vmm_quantity vmm_quantities[VMM_N_QUANTITIES];

/*
 * The number of a metric's quantity after VMM_METRIC, which is a new one if
 * none has this name; -1 if there are too many. The name lives as long as the
 * process.
 */
int vmm_quantity_of_metric(const char *name);

/*
 * The median of a contender's runs, in the unit of the key; of an even number,
 * the mean of the middle two. Negative: not known, or there is no run.
 */
double vmm_quantity_median(
	enum vmm_quantity_id id, const struct vmm_contender *contender);

/* Whether a run of any of the contenders knows it. */
bool vmm_quantity_is_known(enum vmm_quantity_id id,
	const struct vmm_contender *contenders, size_t n);

/* The same of any of these quantities. */
bool vmm_quantities_are_known(const enum vmm_quantity_id *ids, size_t n_ids,
	const struct vmm_contender *contenders, size_t n);

/* The value in the unit of the title, or "-"; for free(3). */
char *vmm_quantity_format(enum vmm_quantity_id id, double value);

#endif /* VMM_QUANTITY_H */
