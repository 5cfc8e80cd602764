/* SPDX-License-Identifier: BSD-3-Clause */
/* Adding up events; see summary.h. */
#include "config.h"

#include "cli/trace/summary.h"

#include "cli/cli.h"
#include "cli/trace/lane.h"

#include <stdlib.h>

void
vmm_trace_summary_init(
	struct vmm_trace_summary *summary, const struct vmm_trace_reader *from)
{
	*summary = (struct vmm_trace_summary){ .n_threads = from->threads };
	summary->threads = vmm_array_new(
		(size_t)from->threads + 1, sizeof(*summary->threads));
	for (uint32_t i = 0; i <= from->threads; i++)
		summary->threads[i] = (struct vmm_trace_thread){ 0, 0, 0, 0 };
}

void
vmm_trace_summary_free(struct vmm_trace_summary *summary)
{
	free(summary->threads);
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
end_life(struct vmm_trace_summary *summary, uint64_t ns, uint64_t bytes)
{
	uint64_t limit = 1000;
	int k = 0;

	for (; k < VMM_TRACE_LIFE_CLASSES - 1 && ns >= limit; k++)
		limit *= 10;
	summary->lives[k].n++;
	summary->lives[k].bytes += bytes;
}

static void
remove_block(struct vmm_trace_summary *summary,
	const struct vmm_trace_event *event, struct vmm_trace_thread *thread)
{
	struct vmm_trace_block *block = event->old != 0
		? vmm_trace_blocks_find(&summary->blocks, event->old)
		: NULL;

	if (block == NULL) {
		summary->unknown++;
		return;
	}
	end_life(summary,
		event->time > block->time ? event->time - block->time : 0,
		block->size);
	summary->live.n--;
	summary->live.bytes -= block->size;
	if (VMM_TRACE_ID_LANE(event->old) == event->lane)
		thread->freed++;
	else
		thread->freed_others++;
	vmm_trace_blocks_remove(&summary->blocks, block);
}

static void
add_block(struct vmm_trace_summary *summary,
	const struct vmm_trace_event *event, struct vmm_trace_thread *thread)
{
	struct vmm_trace_block *block =
		vmm_trace_blocks_insert(&summary->blocks, event->id);
	struct vmm_trace_count *size =
		&summary->sizes[vmm_trace_size_class(event->size)];

	block->size = event->size;
	block->time = event->time;
	size->n++;
	size->bytes += event->size;
	thread->allocated++;
	thread->bytes += event->size;
	summary->live.n++;
	summary->live.bytes += event->size;
	if (summary->live.bytes > summary->peak.bytes) {
		summary->peak = summary->live;
		summary->peak_time = event->time;
	}
}

void
vmm_trace_summary_add(
	struct vmm_trace_summary *summary, const struct vmm_trace_event *event)
{
	struct vmm_trace_thread *thread = &summary->threads[event->thread];

	summary->events++;
	summary->calls[event->kind]++;
	summary->moved += event->is_moved;
	if (event->time > summary->duration)
		summary->duration = event->time;
	if (event->kind == VMM_TRACE_FREE || event->kind == VMM_TRACE_REALLOC)
		remove_block(summary, event, thread);
	if (event->id != 0)
		add_block(summary, event, thread);
}
