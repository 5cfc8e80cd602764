/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the stacks of a trace; see stacks.h. */
#include "config.h"

#include "cli/trace/stacks.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define NONE SIZE_MAX
#define MODULES_MAX 16384 /* each is compared with all others */

/* Makes room for one more element; arrays grow by doubling. */
static void *
extend(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return array;
	return vmm_array_resize(array, n > 0 ? 2 * n : 1, size);
}

static void
add_module(struct vmm_trace_stacks *stacks, const char *line)
{
	struct vmm_trace_module module = { .seen = stacks->n_records };
	char id[64];
	int path = 0;

	if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64 " %63s %n",
		    &module.start, &module.end, &module.offset, id,
		    &path) != 4 ||
		path == 0 || line[path] == '\0' || module.start >= module.end)
		return;
	for (size_t i = 0; i < stacks->n_modules; i++) {
		struct vmm_trace_module *other = &stacks->modules[i];

		if (other->start == module.start && other->end == module.end &&
			other->offset == module.offset &&
			strcmp(other->path, line + path) == 0) {
			other->seen = module.seen;
			return;
		}
	}
	if (stacks->n_modules == MODULES_MAX)
		return;
	module.path = vmm_text("%s", line + path);
	module.build_id = vmm_text("%s", strcmp(id, "-") != 0 ? id : "");
	stacks->modules = extend(
		stacks->modules, stacks->n_modules, sizeof(*stacks->modules));
	stacks->modules[stacks->n_modules++] = module;
}

static void
read_modules(struct vmm_trace_stacks *stacks, const uint8_t *record)
{
	char *text = vmm_text("%s", (const char *)record + VMM_TRACE_HEAD);
	char *rest = text;
	char *line;

	stacks->n_records++;
	while ((line = strsep(&rest, "\n")) != NULL)
		add_module(stacks, line);
	free(text);
}

static bool
has(const struct vmm_trace_module *module, uint64_t address)
{
	return address > module->start && address <= module->end;
}

/* The module that had the address most recently; NONE: none ever had it. */
static size_t
find_module(struct vmm_trace_stacks *stacks, uint64_t address)
{
	size_t found = NONE;

	if (stacks->last < stacks->n_modules &&
		stacks->modules[stacks->last].seen == stacks->n_records &&
		has(&stacks->modules[stacks->last], address))
		return stacks->last;
	for (size_t i = 0; i < stacks->n_modules; i++) {
		const struct vmm_trace_module *module = &stacks->modules[i];

		if (has(module, address) &&
			(found == NONE ||
				module->seen > stacks->modules[found].seen))
			found = i;
	}
	stacks->last = found;
	return found;
}

/* The place in the index of a location, or the empty one for it. */
static uint32_t
probe(const struct vmm_trace_stacks *stacks, uint64_t address, size_t module)
{
	uint64_t hash =
		(address ^ (uint64_t)module << 48) * 0x9e3779b97f4a7c15u;
	uint32_t i = (uint32_t)(hash >> 32) & (stacks->index_size - 1);

	while (stacks->index[i] != 0) {
		const struct vmm_trace_location *location =
			&stacks->locations[stacks->index[i] - 1];

		if (location->address == address && location->module == module)
			break;
		i = (i + 1) & (stacks->index_size - 1);
	}
	return i;
}

static void
grow_index(struct vmm_trace_stacks *stacks)
{
	uint32_t n = stacks->index_size > 0 ? 2 * stacks->index_size : 1024;

	stacks->index =
		vmm_array_resize(stacks->index, n, sizeof(*stacks->index));
	memset(stacks->index, 0, n * sizeof(*stacks->index));
	stacks->index_size = n;
	for (uint32_t i = 0; i < stacks->n_locations; i++)
		stacks->index[probe(stacks, stacks->locations[i].address,
			stacks->locations[i].module)] = i + 1;
}

static uint32_t
get_location(struct vmm_trace_stacks *stacks, uint64_t address)
{
	size_t module = find_module(stacks, address);
	uint32_t i;

	if (stacks->n_locations >= stacks->index_size / 2)
		grow_index(stacks);
	i = probe(stacks, address, module);
	if (stacks->index[i] == 0) {
		stacks->locations = extend(stacks->locations,
			stacks->n_locations, sizeof(*stacks->locations));
		stacks->locations[stacks->n_locations] =
			(struct vmm_trace_location){ .address = address,
				.module = module };
		stacks->index[i] = ++stacks->n_locations;
	}
	return stacks->index[i] - 1;
}

static struct vmm_trace_stack *
get_stack(struct vmm_trace_stacks *stacks, uint32_t number)
{
	if (number >= stacks->n) {
		uint32_t n = 2 * number + 1;

		stacks->stacks = vmm_array_resize(
			stacks->stacks, n, sizeof(*stacks->stacks));
		memset(stacks->stacks + stacks->n, 0,
			(n - stacks->n) * sizeof(*stacks->stacks));
		stacks->n = n;
	}
	return &stacks->stacks[number];
}

/* Reads one stack; returns the byte after it, or NULL if it is damaged. */
static const uint8_t *
read_stack(struct vmm_trace_stacks *stacks, uint32_t number, const uint8_t *at,
	const uint8_t *end)
{
	struct vmm_trace_stack stack = { .first = stacks->n_frames };
	uint64_t n, delta;
	uint64_t address = 0;

	at = vmm_trace_get_number(at, end, &n);
	if (at == NULL || n > VMM_TRACE_DEPTH_MAX)
		return NULL;
	for (; stack.n < n; stack.n++) {
		at = vmm_trace_get_number(at, end, &delta);
		if (at == NULL)
			return NULL;
		address += (uint64_t)vmm_trace_unfold(delta);
		stacks->frames = extend(stacks->frames, stacks->n_frames,
			sizeof(*stacks->frames));
		stacks->frames[stacks->n_frames++] =
			get_location(stacks, address);
	}
	*get_stack(stacks, number) = stack;
	return at;
}

/* Returns false if a part of it is damaged: the stacks before are read. */
static bool
read_stacks(struct vmm_trace_stacks *stacks, const uint8_t *record, size_t size)
{
	struct vmm_trace_stack_head head;
	const uint8_t *at = NULL;
	uint8_t *column;

	vmm_trace_get_stack_head(record, &head);
	/* the file may have changed since it was opened */
	if (head.first == 0 || head.first >= VMM_TRACE_STACKS_MAX ||
		head.n > VMM_TRACE_STACKS_MAX - head.first ||
		head.raw > VMM_TRACE_COLUMN_MAX)
		return false;
	column = vmm_array_new(head.raw, 1);
	if (ZSTD_decompress(column, head.raw, record + VMM_TRACE_STACK_HEAD,
		    size - VMM_TRACE_STACK_HEAD) == head.raw) {
		at = column;
		for (uint32_t i = 0; i < head.n && at != NULL; i++)
			at = read_stack(
				stacks, head.first + i, at, column + head.raw);
	}
	free(column);
	return at != NULL;
}

void
vmm_trace_stacks_read(
	struct vmm_trace_stacks *stacks, struct vmm_trace_reader *reader)
{
	*stacks = (struct vmm_trace_stacks){ .last = NONE };
	get_stack(stacks, 0);
	for (size_t i = 0; i < reader->n_records; i++) {
		const struct vmm_trace_record *record = &reader->records[i];
		const uint8_t *at = vmm_trace_read(reader, record);

		if (at == NULL)
			continue;
		if (record->magic == VMM_TRACE_MODULES)
			read_modules(stacks, at);
		else if (!read_stacks(stacks, at, record->size))
			reader->damaged += record->size;
	}
}

void
vmm_trace_stacks_free(struct vmm_trace_stacks *stacks)
{
	for (uint32_t i = 0; i < stacks->n_locations; i++) {
		free(stacks->locations[i].function);
		free(stacks->locations[i].file);
	}
	for (size_t i = 0; i < stacks->n_modules; i++) {
		free(stacks->modules[i].path);
		free(stacks->modules[i].build_id);
	}
	free(stacks->stacks);
	free(stacks->frames);
	free(stacks->locations);
	free(stacks->modules);
	free(stacks->index);
}

struct vmm_trace_stack
vmm_trace_stacks_get(const struct vmm_trace_stacks *stacks, uint32_t number)
{
	return stacks->stacks[number < stacks->n ? number : 0];
}
