/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc trace --export=pprof: the types of samples are those of the heap
 * profiles of Go, and those at the peak.
 */
#include "config.h"

#include "cli/trace/export.h"

#include "cli/cli.h"
#include "cli/pprof.h"

#include <stdlib.h>

static const struct {
	const char *type;
	const char *unit;
} types[] = {
	{ "alloc_objects", "count" },
	{ "alloc_space", "bytes" },
	{ "inuse_objects", "count" },
	{ "inuse_space", "bytes" },
	{ "peak_objects", "count" },
	{ "peak_space", "bytes" },
};

/* Returns the numbers of all modules, for free(3). */
static uint64_t *
add_mappings(struct vmm_pprof *profile, const struct vmm_trace_stacks *stacks)
{
	uint64_t *numbers =
		vmm_array_new(stacks->n_modules + 1, sizeof(*numbers));

	for (size_t i = 0; i < stacks->n_modules; i++) {
		const struct vmm_trace_module *module = &stacks->modules[i];
		struct vmm_pprof_mapping mapping = {
			.start = module->start,
			.limit = module->end,
			.offset = module->offset,
			.file = module->path,
			.build_id = module->build_id[0] != '\0'
				? module->build_id
				: NULL,
		};

		for (uint32_t k = 0; k < stacks->n_locations; k++) {
			if (stacks->locations[k].module == i &&
				stacks->locations[k].function != NULL)
				mapping.has_functions = true;
		}
		numbers[i] = vmm_pprof_mapping(profile, &mapping);
	}
	return numbers;
}

/* Returns the numbers of all locations, for free(3). */
static uint64_t *
add_locations(struct vmm_pprof *profile, const struct vmm_trace_stacks *stacks)
{
	uint64_t *mappings = add_mappings(profile, stacks);
	uint64_t *numbers = vmm_array_new(
		(size_t)stacks->n_locations + 1, sizeof(*numbers));

	for (uint32_t i = 0; i < stacks->n_locations; i++) {
		const struct vmm_trace_location *location =
			&stacks->locations[i];
		struct vmm_pprof_line line = { .line = location->line };
		bool has_name = location->function != NULL;

		if (has_name)
			line.function = vmm_pprof_function(
				profile, location->function, location->file, 0);
		/* of the call, not of the instruction after it */
		numbers[i] = vmm_pprof_location(profile,
			location->module < stacks->n_modules
				? mappings[location->module]
				: 0,
			location->address - 1, &line, has_name ? 1 : 0);
	}
	free(mappings);
	return numbers;
}

static void
add_site(struct vmm_pprof *profile, const struct vmm_trace_site *site,
	const struct vmm_trace_stacks *stacks, uint32_t number,
	const uint64_t *locations)
{
	struct vmm_trace_stack stack = vmm_trace_stacks_get(stacks, number);
	const int64_t values[] = {
		(int64_t)site->allocated.n,
		(int64_t)site->allocated.bytes,
		(int64_t)site->live.n,
		(int64_t)site->live.bytes,
		(int64_t)site->peak.n,
		(int64_t)site->peak.bytes,
	};
	uint64_t frames[VMM_TRACE_DEPTH_MAX];

	for (uint32_t i = 0; i < stack.n; i++)
		frames[i] = locations[stacks->frames[stack.first + i]];
	vmm_pprof_sample(profile, frames, stack.n, values, NULL, 0);
}

int
vmm_trace_export_pprof(const struct vmm_trace_export *from, FILE *to)
{
	struct vmm_pprof *profile = vmm_pprof_new();
	uint64_t *locations;
	int result;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		vmm_pprof_sample_type(profile, types[i].type, types[i].unit);
	vmm_pprof_default_type(profile, "peak_space");
	vmm_pprof_period(profile, "space", "bytes",
		from->summary->sample > 0 ? from->summary->sample : 1);
	vmm_pprof_time(profile, 0, (int64_t)from->summary->duration);
	vmm_pprof_comment(profile, from->reader->info.command);
	locations = add_locations(profile, from->stacks);
	for (uint32_t i = 0; i < from->summary->n_sites; i++) {
		const struct vmm_trace_site *site = &from->summary->sites[i];

		if (site->allocated.n > 0)
			add_site(profile, site, from->stacks, i, locations);
	}
	result = vmm_pprof_write(profile, to);
	free(locations);
	vmm_pprof_free(profile);
	return result;
}
