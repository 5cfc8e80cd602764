/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc trace --export=speedscope: a file for https://www.speedscope.app, as
 * its file-format-schema.json defines it, with a profile each of the bytes that
 * were live at the peak, that were not freed, and that were allocated.
 */
#include "config.h"

#include "cli/trace/export.h"

#include "cli/json_text.h"
#include "cli/speedscope.h"
#include "cli/trace/sites.h"
#include "cli/trace/symbols.h"

#include <jansson.h>
#include <stdlib.h>

static const struct {
	const char *name;
	enum vmm_trace_order order;
} profiles[] = {
	{ "live at the peak", VMM_TRACE_BY_PEAK },
	{ "not freed", VMM_TRACE_BY_END },
	{ "allocated", VMM_TRACE_BY_ALLOCATED },
};

static json_t *
make_frame(const struct vmm_trace_stacks *stacks,
	const struct vmm_trace_location *location)
{
	json_t *frame = json_object();
	char *name = vmm_trace_symbols_describe(stacks, location);

	json_object_set_new(frame, "name", vmm_json_text(name));
	if (location->file != NULL) {
		json_object_set_new(
			frame, "file", vmm_json_text(location->file));
		json_object_set_new(
			frame, "line", json_integer(location->line));
	}
	free(name);
	return frame;
}

/* One frame per location, and the last one for blocks without a stack. */
static json_t *
make_frames(const struct vmm_trace_stacks *stacks)
{
	json_t *frames = json_array();
	json_t *none = json_object();

	for (uint32_t i = 0; i < stacks->n_locations; i++)
		json_array_append_new(
			frames, make_frame(stacks, &stacks->locations[i]));
	json_object_set_new(none, "name", json_string("not known"));
	json_array_append_new(frames, none);
	return frames;
}

/* The frames from the outermost on. */
static json_t *
make_stack(const struct vmm_trace_stacks *stacks, uint32_t number)
{
	struct vmm_trace_stack stack = vmm_trace_stacks_get(stacks, number);
	json_t *array = json_array();

	for (uint32_t i = stack.n; i > 0; i--)
		json_array_append_new(array,
			json_integer((json_int_t)stacks
					     ->frames[stack.first + i - 1]));
	if (stack.n == 0)
		json_array_append_new(
			array, json_integer((json_int_t)stacks->n_locations));
	return array;
}

static json_t *
make_profile(const struct vmm_trace_export *from, size_t i)
{
	json_t *samples = json_array();
	json_t *weights = json_array();

	for (uint32_t k = 0; k < from->summary->n_sites; k++) {
		uint64_t bytes = vmm_trace_order_count(
			&from->summary->sites[k], profiles[i].order)
					 .bytes;

		if (bytes == 0)
			continue;
		json_array_append_new(samples, make_stack(from->stacks, k));
		json_array_append_new(weights, json_integer((json_int_t)bytes));
	}
	return vmm_speedscope_profile(profiles[i].name, samples, weights);
}

int
vmm_trace_export_speedscope(const struct vmm_trace_export *from, FILE *to)
{
	json_t *array = json_array();
	json_t *root;
	int result;

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		json_array_append_new(array, make_profile(from, i));
	root = vmm_speedscope_file(
		from->reader->info.command, make_frames(from->stacks), array);
	result = json_dumpf(root, to, JSON_COMPACT);
	json_decref(root);
	return result == 0 && putc('\n', to) != EOF ? 0 : -1;
}
