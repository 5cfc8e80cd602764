/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that design a comparison; see design.h. */
#include "config.h"

#include "cli/compare/design.h"

#include "base/parse.h"
#include "base/place.h"
#include "cli/cli.h"
#include "cli/compare/hook.h"
#include "cli/compare/signed_rank.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 10
#define RUNS_MAX VMM_SIGNED_RANK_MAX
#define DROP_CACHES "/proc/sys/vm/drop_caches"

/* Returns 0, or -1 after a complaint. text NULL leaves *value alone. */
static int
parse_count(const char *name, const char *text, int min, int *value)
{
	if (text == NULL || vmm_parse_int(text, min, RUNS_MAX, value) == 0)
		return 0;
	vmm_complain("bad --%s '%s': not a number from %d to %d", name, text,
		min, RUNS_MAX);
	return -1;
}

/* A number above 0 and at most max, perhaps with decimals. */
static int
parse_number(const char *name, const char *text, double max, double *value)
{
	char *end;

	if (text == NULL)
		return 0;
	*value = strtod(text, &end);
	if (end != text && *end == '\0' && *value > 0 && *value <= max)
		return 0;
	vmm_complain("bad --%s '%s': not a number above 0 and up to %.0f", name,
		text, max);
	return -1;
}

/* The processors that this process may use, and that the text lists. */
static int
parse_pin(const char *text, struct vmm_design *design)
{
	unsigned long listed[VMM_NODES_WORDS];
	cpu_set_t usable;

	if (text == NULL)
		return 0;
	if (vmm_place_parse_nodes(listed, text) != 0) {
		vmm_complain("bad --pin '%s': not a list of processors, such "
			     "as 0,2-3",
			text);
		return -1;
	}
	CPU_ZERO(&usable);
	sched_getaffinity(0, sizeof(usable), &usable);
	CPU_ZERO(&design->processors);
	for (unsigned int i = 0; i < CPU_SETSIZE && i < VMM_NODES_MAX; i++) {
		if ((listed[i / VMM_NODES_BITS] >> i % VMM_NODES_BITS & 1) == 0)
			continue;
		if (!CPU_ISSET(i, &usable)) {
			vmm_complain("bad --pin '%s': this process must not "
				     "use processor %u; see taskset(1)",
				text, i);
			return -1;
		}
		CPU_SET(i, &design->processors);
	}
	design->is_pinned = true;
	return 0;
}

/* Returns 0, or -1 after a complaint. */
static int
drop_caches(bool is_trial)
{
	int fd = open(DROP_CACHES, O_WRONLY | O_CLOEXEC);
	int result = 0;

	if (fd >= 0 && !is_trial) {
		sync(); /* only clean pages are dropped */
		result = write(fd, "3\n", 2) == 2 ? 0 : -1;
	}
	if (fd < 0 || result != 0) {
		vmm_complain("cannot drop caches: " DROP_CACHES
			     ": %s; run vmmalloc compare as root",
			strerror(errno));
		result = -1;
	}
	if (fd >= 0)
		close(fd);
	return result;
}

int
vmm_design_parse(
	const struct vmm_design_options *options, struct vmm_design *design)
{
	double percent = 0;

	design->warmups = 1;
	design->runs = RUNS;
	if (parse_count("warmup", options->warmup, 0, &design->warmups) != 0 ||
		parse_count("runs", options->runs, 1, &design->runs) != 0 ||
		parse_number("until", options->until, 100, &percent) != 0 ||
		parse_number("max-time", options->max_time, 1e6,
			&design->max_time) != 0)
		return VMM_EXIT_USAGE;
	design->until = percent / 100;
	if (parse_pin(options->pin, design) != 0)
		return VMM_EXIT_USAGE;
	for (size_t i = 0; i < options->metrics->n; i++) {
		if (vmm_metric_add(&design->metrics, "--metric",
			    options->metrics->values[i]) != 0)
			return VMM_EXIT_USAGE;
	}
	if (design->drops_caches && drop_caches(true) != 0)
		return VMM_EXIT_FAILED;
	return 0;
}

int
vmm_design_prepare_run(const struct vmm_design *design)
{
	if (vmm_hook_run("prepare", design->prepare, false) != 0)
		return -1;
	return design->drops_caches ? drop_caches(false) : 0;
}

int
vmm_design_begin_or_end(const struct vmm_design *design, bool is_end)
{
	return is_end ? vmm_hook_run("cleanup", design->cleanup, true)
		      : vmm_hook_run("setup", design->setup, false);
}
