/* SPDX-License-Identifier: BSD-3-Clause */
/* The measured quantities; see quantity.h. */
#include "config.h"

#include "cli/compare/quantity.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define MILLION 1e6
#define MIB (1024.0 * 1024.0)

#define GETTER(name, field)                                  \
	static double get_##name(const struct vmm_sample *s) \
	{                                                    \
		return (double)s->field;                     \
	}
GETTER(wall, wall)
GETTER(user, user)
GETTER(sys, sys)
GETTER(peak, peak)
GETTER(minor_faults, minor_faults)
GETTER(major_faults, major_faults)
GETTER(pool, pool)
GETTER(instructions, counts[VMM_COUNT_INSTRUCTIONS])
GETTER(cache_misses, counts[VMM_COUNT_CACHE_MISSES])
GETTER(tlb_misses, counts[VMM_COUNT_TLB_MISSES])

GETTER(metric0, metrics[0])
GETTER(metric1, metrics[1])
GETTER(metric2, metrics[2])
GETTER(metric3, metrics[3])
GETTER(metric4, metrics[4])
GETTER(metric5, metrics[5])
GETTER(metric6, metrics[6])
GETTER(metric7, metrics[7])

/* The sum is exact, its parts may be estimates by the kernel. */
static double
get_cpu(const struct vmm_sample *s)
{
	return s->user + s->sys;
}

static double (*const metric_getters[VMM_METRICS_MAX])(
	const struct vmm_sample *) = { get_metric0, get_metric1, get_metric2,
	get_metric3, get_metric4, get_metric5, get_metric6, get_metric7 };

const enum vmm_quantity_id vmm_main_quantities[VMM_N_MAIN] = { VMM_WALL,
	VMM_PEAK, VMM_CPU };

struct vmm_quantity vmm_quantities[VMM_N_QUANTITIES] = {
	[VMM_WALL] = { "time s", "Time", "wall_s", get_wall, 1, false },
	[VMM_CPU] = { "cpu s", "Processor time", "cpu_s", get_cpu, 1, false },
	[VMM_USER] = { "user s", NULL, "user_s", get_user, 1, false },
	[VMM_SYS] = { "sys s", NULL, "sys_s", get_sys, 1, false },
	[VMM_PEAK] = { "peak MiB", "Memory", "peak_bytes", get_peak, MIB,
		true },
	[VMM_MINOR_FAULTS] = { "minor faults", NULL, "minor_faults",
		get_minor_faults, 1, true },
	[VMM_MAJOR_FAULTS] = { "major", NULL, "major_faults", get_major_faults,
		1, true },
	[VMM_POOL] = { "pool MiB", NULL, "pool_peak_bytes", get_pool, MIB,
		true },
	[VMM_INSTRUCTIONS] = { "instructions M", NULL, "instructions",
		get_instructions, MILLION, true },
	[VMM_CACHE_MISSES] = { "cache misses M", NULL, "cache_misses",
		get_cache_misses, MILLION, true },
	[VMM_TLB_MISSES] = { "TLB misses M", NULL, "tlb_misses", get_tlb_misses,
		MILLION, true },
};

static int
compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

int
vmm_quantity_of_metric(const char *name)
{
	for (int i = 0; i < VMM_METRICS_MAX; i++) {
		struct vmm_quantity *quantity = &vmm_quantities[VMM_METRIC + i];

		if (quantity->title == NULL)
			*quantity = (struct vmm_quantity){ .title = name,
				.name = name,
				.key = name,
				.get = metric_getters[i],
				.unit = 1 };
		if (strcmp(quantity->title, name) == 0)
			return i;
	}
	return -1;
}

double
vmm_quantity_median(
	enum vmm_quantity_id id, const struct vmm_contender *contender)
{
	size_t n = contender->n;
	double *values;
	double middle;

	if (n == 0 || vmm_quantities[id].title == NULL)
		return -1;
	values = vmm_array_new(n, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = vmm_quantities[id].get(&contender->samples[i]);
	qsort(values, n, sizeof(*values), compare_doubles);
	middle = (values[(n - 1) / 2] + values[n / 2]) / 2;
	free(values);
	return middle;
}

bool
vmm_quantity_is_known(enum vmm_quantity_id id,
	const struct vmm_contender *contenders, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (vmm_quantity_median(id, &contenders[i]) >= 0)
			return true;
	}
	return false;
}

bool
vmm_quantities_are_known(const enum vmm_quantity_id *ids, size_t n_ids,
	const struct vmm_contender *contenders, size_t n)
{
	for (size_t i = 0; i < n_ids; i++) {
		if (vmm_quantity_is_known(ids[i], contenders, n))
			return true;
	}
	return false;
}

char *
vmm_quantity_format(enum vmm_quantity_id id, double value)
{
	const struct vmm_quantity *quantity = &vmm_quantities[id];
	double shown = value / quantity->unit;

	if (value < 0)
		return vmm_text("-");
	if (quantity->unit == MIB)
		return vmm_text("%.1f", shown);
	if (quantity->is_whole && quantity->unit != MILLION)
		return vmm_text("%.0f", shown);
	return vmm_text("%.*f",
		shown < 0.1	       ? 4
			: shown < 100  ? 3
			: shown < 1000 ? 1
				       : 0,
		shown);
}
