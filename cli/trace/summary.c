/* SPDX-License-Identifier: BSD-3-Clause */
/* Adding up events; see summary.h. */
#include "config.h"

#include "cli/trace/summary.h"

#include "cli/cli.h"
#include "cli/trace/lane.h"

#include <stdlib.h>
#include <string.h>

static struct vmm_trace_site *
get_site(struct vmm_trace_summary *summary, uint32_t number)
{
	if (number >= summary->n_sites) {
		uint32_t n = 2 * number + 1;

		summary->sites = vmm_array_resize(
			summary->sites, n, sizeof(*summary->sites));
		memset(summary->sites + summary->n_sites, 0,
			(n - summary->n_sites) * sizeof(*summary->sites));
		summary->n_sites = n;
	}
	return &summary->sites[number];
}

void
vmm_trace_summary_free(struct vmm_trace_summary *summary)
{
	free(summary->threads);
	free(summary->sites);
	vmm_trace_blocks_free(&summary->blocks);
}

int
vmm_trace_size_class(uint64_t size)
{
	int class_ = size > 1 ? 64 - __builtin_clzll(size - 1) : 0;

	return class_ < VMM_TRACE_SIZE_CLASSES ? class_
					       : VMM_TRACE_SIZE_CLASSES - 1;
}

static void
add(struct vmm_trace_count *count, uint32_t weight, uint64_t size)
{
	count->n += weight;
	count->bytes += weight * size;
}

static void
subtract(struct vmm_trace_count *count, uint32_t weight, uint64_t size)
{
	count->n -= weight;
	count->bytes -= weight * size;
}

/*
 * The site, before its live bytes change. If there was a peak since the last
 * change, they are those at the peak.
 */
static struct vmm_trace_site *
change_site(struct vmm_trace_summary *summary, uint32_t number)
{
	struct vmm_trace_site *site = get_site(summary, number);

	if (site->changed <= summary->peak_event)
		site->peak = site->live;
	site->changed = summary->events;
	return site;
}

static void
end_life(struct vmm_trace_summary *summary, uint64_t ns,
	const struct vmm_trace_block *block)
{
	uint64_t limit = 1000;
	int k = 0;

	for (; k < VMM_TRACE_LIFE_CLASSES - 1 && ns >= limit; k++)
		limit *= 10;
	add(&summary->lives[k], block->weight, block->size);
}

/* Returns for how many blocks the one stands that the event frees. */
static uint32_t
remove_block(struct vmm_trace_summary *summary,
	const struct vmm_trace_event *event, struct vmm_trace_thread *thread)
{
	struct vmm_trace_block *block = event->old != 0
		? vmm_trace_blocks_find(&summary->blocks, event->old)
		: NULL;
	uint32_t weight;

	if (block == NULL) {
		summary->unknown++;
		return 1;
	}
	weight = block->weight;
	end_life(summary,
		event->time > block->time ? event->time - block->time : 0,
		block);
	subtract(&summary->live, weight, block->size);
	subtract(
		&change_site(summary, block->stack)->live, weight, block->size);
	if (VMM_TRACE_ID_LANE(event->old) == event->lane)
		thread->freed += weight;
	else
		thread->freed_others += weight;
	vmm_trace_blocks_remove(&summary->blocks, block);
	return weight;
}

static void
add_block(struct vmm_trace_summary *summary,
	const struct vmm_trace_event *event, struct vmm_trace_thread *thread)
{
	struct vmm_trace_block *block =
		vmm_trace_blocks_insert(&summary->blocks, event->id);
	struct vmm_trace_site *site = change_site(summary, event->stack);
	uint32_t weight = event->weight;

	block->size = event->size;
	block->time = event->time;
	block->stack = event->stack;
	block->weight = weight;
	add(&summary->sizes[vmm_trace_size_class(event->size)], weight,
		event->size);
	add(&site->allocated, weight, event->size);
	add(&site->live, weight, event->size);
	thread->allocated += weight;
	thread->bytes += weight * event->size;
	add(&summary->live, weight, event->size);
	if (summary->live.bytes > summary->peak.bytes) {
		summary->peak = summary->live;
		summary->peak_time = event->time;
		summary->peak_event = summary->events;
	}
}

void
vmm_trace_summary_add(
	struct vmm_trace_summary *summary, const struct vmm_trace_event *event)
{
	struct vmm_trace_thread *thread = &summary->threads[event->thread];
	uint32_t weight = event->weight;

	summary->events++;
	if (event->time > summary->duration)
		summary->duration = event->time;
	if (event->kind == VMM_TRACE_REALLOC)
		summary->moved += event->is_moved ? weight : 0;
	/* a realloc of a block outside the sample frees none that we know */
	if (event->kind == VMM_TRACE_FREE ||
		(event->kind == VMM_TRACE_REALLOC &&
			(event->old != 0 || summary->sample == 0)))
		weight = remove_block(summary, event, thread);
	if (event->kind == VMM_TRACE_REALLOC)
		weight = event->weight;
	if (event->kind != VMM_TRACE_FREE || !event->is_moved)
		summary->calls[event->kind] += weight;
	if (event->id != 0)
		add_block(summary, event, thread);
	vmm_trace_timeline_add(
		&summary->timeline, event->time, summary->live.bytes);
}

void
vmm_trace_summary_init(
	struct vmm_trace_summary *summary, const struct vmm_trace_reader *from)
{
	*summary = (struct vmm_trace_summary){ .n_threads = from->threads,
		.sample = from->sample };
	summary->threads = vmm_array_new(
		(size_t)from->threads + 1, sizeof(*summary->threads));
	for (uint32_t i = 0; i <= from->threads; i++)
		summary->threads[i] = (struct vmm_trace_thread){ 0, 0, 0, 0 };
	get_site(summary, 0);
}

/* Also what was live at the peak at sites that have not changed since. */
void
vmm_trace_summary_end(struct vmm_trace_summary *summary)
{
	summary->events++;
	for (uint32_t i = 0; i < summary->n_sites; i++)
		change_site(summary, i);
	summary->events--;
}

void
vmm_trace_summary_read(
	struct vmm_trace_summary *summary, struct vmm_trace_reader *reader)
{
	struct vmm_trace_event event;

	vmm_trace_summary_init(summary, reader);
	while (vmm_trace_next(reader, &event))
		vmm_trace_summary_add(summary, &event);
	vmm_trace_summary_end(summary);
}
