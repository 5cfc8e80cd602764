/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding the chunks of one lane; see lane.h. */
#include "config.h"

#define ZSTD_STATIC_LINKING_ONLY

#include "cli/trace/lane.h"

#include "base/poisson.h"
#include "cli/trace/memory.h"

#include <unistd.h>
#include <zstd.h>

/*
 * Whether the sizes of the columns are possible, and fill the chunk; and
 * whether no block of it has been allocated before, from the number next on.
 */
static bool
is_valid(const struct vmm_trace_chunk *chunk, size_t size, uint64_t next)
{
	size_t sum = vmm_trace_chunk_head(chunk);

	for (int i = 0; i < vmm_trace_columns(chunk); i++) {
		if (chunk->column[i].raw > VMM_TRACE_COLUMN_MAX ||
			(chunk->column[i].packed == 0 &&
				chunk->column[i].raw > 0))
			return false;
		sum += chunk->column[i].packed;
	}
	return sum == size && chunk->first >= next &&
		chunk->events <= VMM_TRACE_EVENTS_MAX &&
		chunk->column[VMM_TRACE_TAGS].raw == chunk->events;
}

/* Makes room for the columns of the chunk, one after the other. */
static void
make_room(struct vmm_trace_lane *lane)
{
	size_t size = 0;

	for (int i = 0; i < VMM_TRACE_COLUMNS; i++)
		size += lane->chunk.column[i].raw;
	if (lane->columns != NULL && size <= lane->columns_size)
		return;
	vmm_trace_unmap(lane->columns, lane->columns_size);
	lane->columns_size = size > 0 ? size : 1;
	lane->columns = vmm_trace_map(lane->columns_size);
}

static bool
unpack(struct vmm_trace_reader *reader, struct vmm_trace_lane *lane,
	const uint8_t *from, size_t size)
{
	ZSTD_DCtx *context =
		ZSTD_initStaticDCtx(reader->decoder, reader->decoder_size);
	size_t done;
	uint8_t *to;

	vmm_trace_get_chunk(from, &lane->chunk);
	done = vmm_trace_chunk_head(&lane->chunk);
	if (context == NULL || !is_valid(&lane->chunk, size, lane->block))
		return false;
	make_room(lane);
	to = lane->columns;
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++) {
		size_t raw = lane->chunk.column[i].raw;

		/* a column without bytes has no frame since version 2 */
		if (lane->chunk.column[i].packed > 0 &&
			ZSTD_decompressDCtx(context, to, raw, from + done,
				lane->chunk.column[i].packed) != raw)
			return false;
		done += lane->chunk.column[i].packed;
		lane->at[i] = to;
		to += raw;
		lane->end[i] = to;
	}
	return true;
}

/* Reads the next marker; after the last one no time passes. */
static void
read_marker(struct vmm_trace_lane *lane)
{
	const uint8_t *end = lane->end[VMM_TRACE_TIMES];
	uint64_t events, ns;
	const uint8_t *at;

	lane->from = lane->to;
	lane->from_ns = lane->to_ns;
	at = vmm_trace_get_number(lane->at[VMM_TRACE_TIMES], end, &events);
	if (at != NULL)
		at = vmm_trace_get_number(at, end, &ns);
	if (at == NULL || events > lane->chunk.events - lane->to) {
		lane->at[VMM_TRACE_TIMES] = end;
		lane->to = lane->chunk.events;
		return;
	}
	lane->at[VMM_TRACE_TIMES] = at;
	lane->to += (uint32_t)events;
	lane->to_ns += ns;
}

static void
begin_chunk(struct vmm_trace_lane *lane)
{
	lane->event = 0;
	lane->block = lane->chunk.first;
	lane->other = 0;
	lane->other_lane = 0;
	lane->from = lane->to = 0;
	lane->from_ns = lane->to_ns = lane->chunk.start;
}

/* Reads the next chunk that is whole; false if there is none. */
static bool
read_chunk(struct vmm_trace_reader *reader, struct vmm_trace_lane *lane)
{
	while (lane->next < lane->n_places) {
		const struct vmm_trace_place *place =
			&lane->places[lane->next++];

		if (pread(reader->fd, reader->packed, place->size,
			    (off_t)place->offset) == (ssize_t)place->size &&
			unpack(reader, lane, reader->packed, place->size)) {
			begin_chunk(lane);
			return true;
		}
		reader->damaged += place->size;
	}
	vmm_trace_lane_end(lane);
	return false;
}

void
vmm_trace_lane_end(struct vmm_trace_lane *lane)
{
	vmm_trace_unmap(lane->columns, lane->columns_size);
	lane->columns = NULL;
	lane->next = lane->n_places;
}

static bool
get(struct vmm_trace_lane *lane, int column, uint64_t *value)
{
	const uint8_t *at = vmm_trace_get_number(
		lane->at[column], lane->end[column], value);

	if (at == NULL)
		return false;
	lane->at[column] = at;
	return true;
}

static bool
get_ref(struct vmm_trace_lane *lane, uint8_t tag, uint64_t *id)
{
	uint64_t value, block;

	switch (tag & VMM_TRACE_REF_MASK) {
	case VMM_TRACE_REF_OWN:
		if (!get(lane, VMM_TRACE_REFS, &value) || value == 0 ||
			value > lane->block)
			return false;
		*id = VMM_TRACE_ID(lane->number, lane->block - value);
		return true;
	case VMM_TRACE_REF_OTHER:
		if (!get(lane, VMM_TRACE_REFS, &value) ||
			!get(lane, VMM_TRACE_REFS, &block))
			return false;
		lane->other_lane += (uint32_t)vmm_trace_unfold(value);
		lane->other += (uint64_t)vmm_trace_unfold(block);
		*id = VMM_TRACE_ID(lane->other_lane, lane->other);
		return lane->other_lane < VMM_TRACE_LANES_MAX &&
			lane->other < VMM_TRACE_BLOCKS_MAX;
	case VMM_TRACE_REF_UNKNOWN:
		*id = 0;
		return true;
	default:
		return false;
	}
}

/*
 * For how many blocks one of the sample stands: the inverse of its probability
 * (backends/record/sample.c). A random number that is always the same for this
 * block rounds it up or down, so that sums are right on average.
 */
static uint32_t
get_weight(uint32_t sample, uint64_t size, uint64_t id)
{
	uint64_t hash = id * 0x9e3779b97f4a7c15u;
	size_t bytes = size < SIZE_MAX ? (size_t)size : SIZE_MAX;
	double weight;

	if (sample == 0)
		return 1;
	weight = vmm_poisson_weight(bytes > 0 ? bytes : 1, sample) +
		(double)((hash ^ hash >> 32) & 0xffffff) / 0x1p24;
	return (uint32_t)weight;
}

/* The block that is allocated, of the size that is known. */
static bool
get_block(struct vmm_trace_lane *lane, struct vmm_trace_event *event)
{
	uint64_t stack = 0;

	event->id = VMM_TRACE_ID(lane->number, lane->block);
	lane->block++;
	if (lane->chunk.column[VMM_TRACE_STACKS].raw > 0 &&
		(!get(lane, VMM_TRACE_STACKS, &stack) ||
			stack >= VMM_TRACE_STACKS_MAX))
		return false;
	event->stack = (uint32_t)stack;
	event->weight = get_weight(lane->chunk.sample, event->size, event->id);
	return true;
}

static bool
decode_call(
	struct vmm_trace_lane *lane, uint8_t tag, struct vmm_trace_event *event)
{
	const uint8_t **sizes = &lane->at[VMM_TRACE_SIZES];

	switch (event->kind) {
	case VMM_TRACE_FREE:
		event->is_moved = (tag & VMM_TRACE_LEFT) != 0;
		return get_ref(lane, tag, &event->old);
	case VMM_TRACE_FAILED:
		return get(lane, VMM_TRACE_SIZES, &event->size);
	case VMM_TRACE_REALLOC:
		event->is_moved = (tag & VMM_TRACE_MOVED) != 0;
		if (!get_ref(lane, tag, &event->old))
			return false;
		break;
	case VMM_TRACE_MEMALIGN:
		if (*sizes == lane->end[VMM_TRACE_SIZES] || **sizes > 47)
			return false;
		event->alignment = UINT64_C(1) << *(*sizes)++;
		break;
	case VMM_TRACE_MALLOC:
	case VMM_TRACE_CALLOC:
		break;
	case VMM_TRACE_KINDS:
	default:
		return false;
	}
	return get(lane, VMM_TRACE_SIZES, &event->size) &&
		get_block(lane, event);
}

static bool
decode(struct vmm_trace_reader *reader, struct vmm_trace_lane *lane)
{
	uint8_t tag = *lane->at[VMM_TRACE_TAGS]++;
	uint64_t ns;

	while (lane->event >= lane->to && lane->to < lane->chunk.events)
		read_marker(lane);
	ns = lane->from_ns;
	if (lane->to > lane->from)
		ns += (lane->to_ns - lane->from_ns) *
			(lane->event - lane->from) / (lane->to - lane->from);
	lane->next_event = (struct vmm_trace_event){
		.kind = tag & VMM_TRACE_KIND_MASK,
		.lane = lane->number,
		.thread = lane->chunk.thread,
		.weight = 1,
		.time = ns > reader->start ? ns - reader->start : 0,
	};
	lane->event++;
	return (tag & ~VMM_TRACE_TAG_MASK) == 0 &&
		decode_call(lane, tag, &lane->next_event);
}

bool
vmm_trace_lane_peek(
	struct vmm_trace_reader *reader, struct vmm_trace_lane *lane)
{
	while (!lane->is_decoded) {
		if (lane->columns == NULL ||
			lane->event == lane->chunk.events) {
			if (!read_chunk(reader, lane))
				return false;
		} else if (decode(reader, lane)) {
			lane->is_decoded = true;
		} else {
			/* a right hash of wrong contents: drop the rest */
			reader->damaged += lane->places[lane->next - 1].size;
			lane->event = lane->chunk.events;
		}
	}
	return true;
}

void
vmm_trace_lane_skip(struct vmm_trace_lane *lane)
{
	lane->is_decoded = false;
}
