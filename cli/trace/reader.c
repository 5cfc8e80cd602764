/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of events of all lanes; see reader.h. */
#include "config.h"

#define ZSTD_STATIC_LINKING_ONLY

#include "cli/trace/reader.h"

#include "cli/cli.h"
#include "cli/trace/lane.h"
#include "cli/trace/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define PACKED_MIN 16384 /* bytes: chunks are often smaller */

static struct vmm_trace_lane *
get_lane(struct vmm_trace_reader *reader, uint32_t number)
{
	size_t i = 0;

	while (i < reader->n_lanes && reader->lanes[i].number != number)
		i++;
	if (i == reader->n_lanes) {
		reader->lanes = vmm_array_resize(
			reader->lanes, i + 1, sizeof(*reader->lanes));
		reader->lanes[i] = (struct vmm_trace_lane){ .number = number };
		reader->n_lanes++;
	}
	return &reader->lanes[i];
}

/*
 * Whether a recorder can have written it: memory here is proportional to the
 * file whatever its numbers say. Each thread writes a chunk, but for those that
 * are live when the process is killed.
 */
static bool
is_possible(
	const struct vmm_trace_reader *reader, const struct vmm_trace_chunk *c)
{
	return c->lane < VMM_TRACE_LANES_MAX &&
		c->first <= VMM_TRACE_BLOCKS_MAX - VMM_TRACE_EVENTS_MAX &&
		c->thread > 0 &&
		c->thread <=
		reader->size / VMM_TRACE_CHUNK_HEAD_1 + VMM_TRACE_LANES_MAX &&
		c->sample <= (c->version == 1 ? 0 : VMM_TRACE_SAMPLE_MAX);
}

/* Likewise, of a record of stacks: no number comes twice. */
static bool
is_possible_stacks(const struct vmm_trace_reader *reader,
	const struct vmm_trace_stack_head *head)
{
	return head->version > 1 && head->first > reader->last_stack &&
		head->first < VMM_TRACE_STACKS_MAX && head->n > 0 &&
		head->n <= VMM_TRACE_STACKS_MAX - head->first &&
		head->raw >= head->n && head->raw <= VMM_TRACE_COLUMN_MAX;
}

static void
add_chunk(struct vmm_trace_reader *reader, uint64_t offset, uint32_t size)
{
	struct vmm_trace_chunk chunk;
	struct vmm_trace_lane *lane;

	vmm_trace_get_chunk(reader->packed, &chunk);
	if (!is_possible(reader, &chunk)) {
		reader->damaged += size;
		return;
	}
	lane = get_lane(reader, chunk.lane);
	/* the array grows by doubling */
	if ((lane->n_places & (lane->n_places - 1)) == 0)
		lane->places = vmm_array_resize(lane->places,
			lane->n_places > 0 ? 2 * lane->n_places : 1,
			sizeof(*lane->places));
	lane->places[lane->n_places++] =
		(struct vmm_trace_place){ offset, size, chunk.thread };
	if (reader->n_chunks++ == 0 || chunk.start < reader->start)
		reader->start = chunk.start;
	reader->events += chunk.events;
	if (chunk.sample > 0)
		reader->sample = chunk.sample;
	if (chunk.thread > reader->threads)
		reader->threads = chunk.thread;
}

static void
add_record(struct vmm_trace_reader *reader, uint32_t magic, uint64_t offset,
	uint32_t size)
{
	struct vmm_trace_stack_head head;
	size_t n = reader->n_records;

	if (magic == VMM_TRACE_STACK) {
		vmm_trace_get_stack_head(reader->packed, &head);
		if (!is_possible_stacks(reader, &head)) {
			reader->damaged += size;
			return;
		}
		reader->last_stack = head.first + head.n - 1;
	}
	if ((n & (n - 1)) == 0)
		reader->records = vmm_array_resize(reader->records,
			n > 0 ? 2 * n : 1, sizeof(*reader->records));
	reader->records[n] = (struct vmm_trace_record){ magic, size, offset };
	reader->n_records++;
}

static void
get_text(const char *text, const char *name, char *to, size_t size)
{
	const char *at = strstr(text, name);
	size_t n;

	to[0] = '\0';
	if (at == NULL || (at != text && at[-1] != '\n'))
		return;
	at += strlen(name);
	n = strcspn(at, "\n");
	if (n >= size)
		n = size - 1;
	memcpy(to, at, n);
	to[n] = '\0';
}

static void
read_info(struct vmm_trace_reader *reader, uint32_t size)
{
	char *text = (char *)reader->packed + VMM_TRACE_HEAD;
	char number[24];

	text[size - VMM_TRACE_HEAD] = '\0';
	get_text(text, "command=", reader->info.command,
		sizeof(reader->info.command));
	get_text(text, "backend=", reader->info.backend,
		sizeof(reader->info.backend));
	get_text(text, "version=", reader->info.version,
		sizeof(reader->info.version));
	get_text(text, "pid=", number, sizeof(number));
	reader->info.pid = strtol(number, NULL, 10);
	get_text(text, "parent=", number, sizeof(number));
	reader->info.parent = strtol(number, NULL, 10);
}

/* Makes room for a chunk of this size. */
static void
make_room(struct vmm_trace_reader *reader, size_t size)
{
	size_t room =
		reader->packed_size > 0 ? reader->packed_size : PACKED_MIN;

	if (size < reader->packed_size)
		return;
	while (room <= size)
		room *= 2;
	vmm_trace_unmap(reader->packed, reader->packed_size);
	reader->packed = vmm_trace_map(room);
	reader->packed_size = room;
}

/* The bytes of the shortest record of a kind. */
static uint64_t
get_size_min(uint32_t magic)
{
	switch (magic) {
	case VMM_TRACE_INFO:
	case VMM_TRACE_MODULES:
		return VMM_TRACE_HEAD;
	case VMM_TRACE_STACK:
		return VMM_TRACE_STACK_HEAD;
	case VMM_TRACE_CHUNK:
		return VMM_TRACE_CHUNK_HEAD_1;
	default:
		return UINT64_MAX;
	}
}

/* The size of the whole chunk or head at this offset; 0 if there is none. */
static uint32_t
read_whole(struct vmm_trace_reader *reader, uint64_t offset, uint32_t *magic)
{
	uint8_t head[VMM_TRACE_HEAD];
	uint64_t size;

	if (pread(reader->fd, head, sizeof(head), (off_t)offset) !=
		(ssize_t)sizeof(head))
		return 0;
	*magic = (uint32_t)vmm_trace_get(head, 4);
	size = vmm_trace_get(head + 4, 4);
	if (size < get_size_min(*magic) || size > VMM_TRACE_SIZE_MAX ||
		size > reader->size - offset)
		return 0;
	make_room(reader, size);
	if (pread(reader->fd, reader->packed, size, (off_t)offset) !=
			(ssize_t)size ||
		vmm_trace_hash(reader->packed + VMM_TRACE_HEAD,
			size - VMM_TRACE_HEAD) != vmm_trace_get(head + 8, 8))
		return 0;
	return (uint32_t)size;
}

/* The next offset at which a magic number is, or the end of the file. */
static uint64_t
find_magic(const struct vmm_trace_reader *reader, uint64_t offset)
{
	char buffer[4096];
	ssize_t n;

	while ((n = pread(reader->fd, buffer, sizeof(buffer), (off_t)offset)) >=
		4) {
		for (ssize_t i = 0; i + 4 <= n; i++) {
			if (memcmp(buffer + i, "VMT", 3) == 0 &&
				memchr("CIMS", buffer[i + 3], 4) != NULL)
				return offset + (uint64_t)i;
		}
		offset += (uint64_t)n - 3;
	}
	return reader->size;
}

/* Whether the version is one that we read, or a complaint. */
static bool
is_known(const struct vmm_trace_reader *reader, const char *path)
{
	unsigned int version =
		(unsigned int)vmm_trace_get(reader->packed + 16, 2);

	if (version >= 1 && version <= VMM_TRACE_VERSION)
		return true;
	vmm_complain("cannot read '%s': its format is %u, and this vmmalloc "
		     "reads up to %d",
		path, version, VMM_TRACE_VERSION);
	return false;
}

/* Returns 0, or -1 after a complaint: a later version may be all different. */
static int
find_chunks(struct vmm_trace_reader *reader, const char *path)
{
	uint64_t offset = 0;

	while (offset < reader->size) {
		uint32_t magic = 0;
		uint32_t size = read_whole(reader, offset, &magic);

		if (size == 0) {
			uint64_t next = find_magic(reader, offset + 1);

			reader->damaged += next - offset;
			offset = next;
			continue;
		}
		if (magic == VMM_TRACE_CHUNK || magic == VMM_TRACE_STACK) {
			if (!is_known(reader, path))
				return -1;
		}
		if (magic == VMM_TRACE_CHUNK)
			add_chunk(reader, offset, size);
		else if (magic == VMM_TRACE_INFO)
			read_info(reader, size);
		else
			add_record(reader, magic, offset, size);
		offset += size;
	}
	if (reader->n_chunks > 0)
		return 0;
	vmm_complain("cannot read '%s': it is not a trace, or has no whole "
		     "chunk; vmmalloc record makes one",
		path);
	return -1;
}

const uint8_t *
vmm_trace_read(
	struct vmm_trace_reader *reader, const struct vmm_trace_record *record)
{
	if (pread(reader->fd, reader->packed, record->size,
		    (off_t)record->offset) != (ssize_t)record->size)
		return NULL;
	reader->packed[record->size] = '\0';
	return reader->packed;
}

int
vmm_trace_open(struct vmm_trace_reader *reader, const char *path)
{
	struct stat st;

	*reader = (struct vmm_trace_reader){
		.fd = open(path, O_RDONLY | O_CLOEXEC),
		.decoder_size = ZSTD_estimateDCtxSize(),
	};
	if (reader->fd < 0 || fstat(reader->fd, &st) != 0) {
		vmm_complain("cannot read '%s': %s", path, strerror(errno));
		return -1;
	}
	reader->size = (uint64_t)st.st_size;
	reader->decoder = vmm_trace_map(reader->decoder_size);
	if (find_chunks(reader, path) == 0)
		return 0;
	vmm_trace_close(reader);
	return -1;
}

void
vmm_trace_close(struct vmm_trace_reader *reader)
{
	for (size_t i = 0; i < reader->n_lanes; i++) {
		vmm_trace_lane_end(&reader->lanes[i]);
		free(reader->lanes[i].places);
	}
	free(reader->lanes);
	free(reader->records);
	vmm_trace_unmap(reader->decoder, reader->decoder_size);
	vmm_trace_unmap(reader->packed, reader->packed_size);
	close(reader->fd);
}

/* The lane whose next event is the earliest; NULL if there is none. */
static struct vmm_trace_lane *
find_earliest(struct vmm_trace_reader *reader)
{
	struct vmm_trace_lane *best = NULL;

	for (size_t i = 0; i < reader->n_lanes; i++) {
		struct vmm_trace_lane *lane = &reader->lanes[i];

		if (vmm_trace_lane_peek(reader, lane) &&
			(best == NULL ||
				lane->next_event.time < best->next_event.time))
			best = lane;
	}
	return best;
}

/*
 * The lane that must go on before the next event of this one can happen: that
 * which has yet to allocate the block that the event frees. NULL: none.
 */
static struct vmm_trace_lane *
find_blocker(struct vmm_trace_reader *reader, const struct vmm_trace_lane *lane)
{
	uint64_t old = lane->next_event.old;
	uint32_t number = VMM_TRACE_ID_LANE(old);

	if (old == 0 || number == lane->number)
		return NULL;
	for (size_t i = 0; i < reader->n_lanes; i++) {
		struct vmm_trace_lane *other = &reader->lanes[i];

		if (other->number != number)
			continue;
		if (!vmm_trace_lane_peek(reader, other))
			return NULL;
		/* the event that it is at may be the allocation itself */
		return other->block - (other->next_event.id != 0) <=
				VMM_TRACE_ID_BLOCK(old)
			? other
			: NULL;
	}
	return NULL;
}

bool
vmm_trace_next(struct vmm_trace_reader *reader, struct vmm_trace_event *event)
{
	struct vmm_trace_lane *lane = reader->current;
	struct vmm_trace_lane *blocker;

	/*
	 * Goes on in the same lane up to its next marker, also in one that
	 * blocked another: a replay changes threads as seldom as that.
	 */
	if (lane == NULL || !vmm_trace_lane_peek(reader, lane) ||
		lane->event - 1 == lane->from)
		lane = find_earliest(reader);
	if (lane == NULL)
		return false;
	/* a damaged trace may have lanes that wait for each other */
	for (size_t i = 0; i < reader->n_lanes; i++) {
		blocker = find_blocker(reader, lane);
		if (blocker == NULL)
			break;
		lane = blocker;
	}
	reader->current = lane;
	*event = lane->next_event;
	vmm_trace_lane_skip(lane);
	return true;
}

bool
vmm_trace_is_last(const struct vmm_trace_reader *reader,
	const struct vmm_trace_event *event)
{
	for (size_t i = 0; i < reader->n_lanes; i++) {
		const struct vmm_trace_lane *lane = &reader->lanes[i];

		if (lane->number == event->lane)
			return !lane->is_decoded &&
				lane->event == lane->chunk.events &&
				(lane->next == lane->n_places ||
					lane->places[lane->next].thread !=
						event->thread);
	}
	return true;
}
