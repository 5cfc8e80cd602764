/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fuzz target of the trace reader, and of what vmmalloc trace and replay do
 * with the events. An input describes a file: chunks and stacks, whose columns
 * are as they are before compression and whose hash is right, lists of modules,
 * and bytes that are none.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "base/trace_format.h"
#include "cli/cli.h"
#include "cli/replay/calls.h"
#include "cli/trace/memory.h"
#include "cli/trace/reader.h"
#include "cli/trace/stacks.h"
#include "cli/trace/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#define FILE_MAX ((size_t)1 << 20)
#define SIZE_MAX_HERE 65536	      /* of blocks that are allocated here */
#define LIVE_MAX ((uint64_t)16 << 20) /* bytes, all together */

/* Bits of the first byte of a part, beside its kind in bits 0 and 1. */
#define IS_TIDY 0x04	/* tags are ones that the recorder writes */
#define IS_PATCHED 0x08 /* 8 bytes of the head, before the hash */
#define IS_DAMAGED 0x10 /* one byte, after the hash */
#define IS_OTHER 0x20	/* modules, stacks instead of text, chunk */
#define IS_OLD 0x40	/* of version 1 */

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t file[FILE_MAX];
static size_t file_size;
static struct vmm_replay_result result;

/* 0 after the end. */
static uint64_t
take(struct input *input, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes && input->left > 0; i++, input->left--)
		value |= (uint64_t)*input->at++ << 8 * i;
	return value;
}

static size_t
take_bytes(struct input *input, uint8_t *to, size_t n)
{
	if (n > input->left)
		n = input->left;
	memcpy(to, input->at, n);
	input->at += n;
	input->left -= n;
	return n;
}

static void
tidy(uint8_t *tags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tags[i] = (uint8_t)((tags[i] & 7) % VMM_TRACE_KINDS |
			(tags[i] >> 3 & 3) % 3 << 3);
}

static size_t
compress(uint8_t *to, const uint8_t *column, size_t raw)
{
	size_t packed = ZSTD_compress(
		to, sizeof(file) - (size_t)(to - file), column, raw, 1);

	FUZZ_CHECK(!ZSTD_isError(packed));
	return packed;
}

/* Writes the columns after the head, and their sizes to it. */
static size_t
add_columns(struct input *input, unsigned int flags, uint8_t *start,
	struct vmm_trace_chunk *chunk)
{
	size_t n = vmm_trace_chunk_head(chunk);

	for (int i = 0; i < vmm_trace_columns(chunk); i++) {
		uint8_t column[256];
		size_t raw = take_bytes(input, column, (size_t)take(input, 1));
		size_t packed;

		if (i == VMM_TRACE_TAGS) {
			chunk->events = (uint32_t)raw;
			if ((flags & IS_TIDY) != 0)
				tidy(column, raw);
		}
		packed = compress(start + n, column, raw);
		chunk->column[i].raw = (uint32_t)raw;
		chunk->column[i].packed = (uint32_t)packed;
		n += packed;
	}
	return n;
}

/* Seals the record of n bytes, with or without damage. */
static void
end_record(struct input *input, unsigned int flags, uint32_t magic, size_t head,
	size_t n)
{
	uint8_t *start = file + file_size;

	if ((flags & IS_PATCHED) != 0)
		vmm_trace_put(start + VMM_TRACE_HEAD +
				take(input, 1) % (head - VMM_TRACE_HEAD - 7),
			take(input, 8), 8);
	vmm_trace_seal(start, magic, n);
	if ((flags & IS_DAMAGED) != 0)
		start[take(input, 2) % n] ^= (uint8_t)take(input, 1);
	file_size += n;
}

static void
add_chunk(struct input *input, unsigned int flags)
{
	uint8_t *start = file + file_size;
	struct vmm_trace_chunk chunk = {
		.version = (flags & IS_OLD) != 0 ? 1 : VMM_TRACE_VERSION,
		.lane = (uint32_t)take(input, 1) % 8,
		.thread = (uint32_t)take(input, 1) % 16,
		.first = take(input, 1),
		.start = take(input, 1),
		.sample = (uint32_t)take(input, 1) % 4 * 100,
	};
	uint8_t head[VMM_TRACE_CHUNK_HEAD];
	size_t n = add_columns(input, flags, start, &chunk);

	/* the head of version 1 is shorter */
	vmm_trace_put_chunk(head, &chunk);
	memcpy(start, head, vmm_trace_chunk_head(&chunk));
	end_record(
		input, flags, VMM_TRACE_CHUNK, vmm_trace_chunk_head(&chunk), n);
}

static void
add_stacks(struct input *input, unsigned int flags)
{
	uint8_t *start = file + file_size;
	uint8_t column[256];
	uint64_t first = take(input, 1);
	uint64_t n = take(input, 1) % 8;
	size_t raw = take_bytes(input, column, (size_t)take(input, 1));

	vmm_trace_put(start + 16, VMM_TRACE_VERSION, 4);
	vmm_trace_put(start + 20, first, 4);
	vmm_trace_put(start + 24, n, 4);
	vmm_trace_put(start + 28, raw, 4);
	end_record(input, flags, VMM_TRACE_STACK, VMM_TRACE_STACK_HEAD,
		VMM_TRACE_STACK_HEAD +
			compress(start + VMM_TRACE_STACK_HEAD, column, raw));
}

/* As the recorder writes them, and one line of any bytes. */
static void
add_modules(struct input *input)
{
	char *start = (char *)file + file_size;
	size_t n = VMM_TRACE_HEAD;

	for (uint64_t left = take(input, 1) % 4; left > 0; left--) {
		unsigned int from = (unsigned int)take(input, 1);

		n += (size_t)sprintf(start + n, "%x %x %x %s /%c\n", from,
			from + (unsigned int)take(input, 1),
			(unsigned int)take(input, 1), from % 2 ? "-" : "ab",
			'a' + (int)from % 3);
	}
	n += take_bytes(input, (uint8_t *)start + n, (size_t)take(input, 1));
	vmm_trace_seal((uint8_t *)start, VMM_TRACE_MODULES, n);
	file_size += n;
}

static void
add_info(struct input *input)
{
	uint8_t *start = file + file_size;
	size_t n = VMM_TRACE_HEAD +
		take_bytes(
			input, start + VMM_TRACE_HEAD, (size_t)take(input, 1));

	vmm_trace_seal(start, VMM_TRACE_INFO, n);
	file_size += n;
}

static void
make_file(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	file_size = 0;
	while (input.left > 0 && file_size < sizeof(file) - 4096) {
		unsigned int flags = (unsigned int)take(&input, 1);

		switch (flags & 3) {
		case 0:
			file_size += take_bytes(&input, file + file_size,
				(size_t)take(&input, 1));
			break;
		case 1:
			if ((flags & IS_OTHER) != 0)
				add_modules(&input);
			else
				add_info(&input);
			break;
		default:
			if ((flags & IS_OTHER) != 0)
				add_stacks(&input, flags);
			else
				add_chunk(&input, flags);
		}
	}
}

/* Makes the calls as vmmalloc replay does, but for large blocks. */
static void
replay(const struct vmm_trace_summary *summary,
	const struct vmm_trace_event *event)
{
	struct vmm_trace_event released = { .kind = VMM_TRACE_FREE,
		.old = event->old };

	if (event->size > SIZE_MAX_HERE || event->alignment > SIZE_MAX_HERE ||
		summary->live.bytes > LIVE_MAX)
		vmm_replay_make_call(&released);
	else
		vmm_replay_make_call(event);
}

static void
free_all(const struct vmm_trace_blocks *blocks)
{
	for (size_t i = 0; i < blocks->capacity; i++) {
		struct vmm_trace_event event = { .kind = VMM_TRACE_FREE,
			.old = blocks->slots[i].id };

		if (event.old != 0)
			vmm_replay_make_call(&event);
	}
}

/* Each stack is of frames that have locations, and these of modules. */
static void
check_stacks(struct vmm_trace_reader *reader)
{
	struct vmm_trace_stacks stacks;

	vmm_trace_stacks_read(&stacks, reader);
	FUZZ_CHECK(stacks.n <= 2 * VMM_TRACE_STACKS_MAX);
	for (uint32_t i = 0; i < stacks.n; i++) {
		struct vmm_trace_stack stack = vmm_trace_stacks_get(&stacks, i);

		FUZZ_CHECK(stack.n <= VMM_TRACE_DEPTH_MAX);
		FUZZ_CHECK(stack.first + stack.n <= stacks.n_frames);
	}
	for (size_t i = 0; i < stacks.n_frames; i++)
		FUZZ_CHECK(stacks.frames[i] < stacks.n_locations);
	for (uint32_t i = 0; i < stacks.n_locations; i++)
		FUZZ_CHECK(stacks.locations[i].module == SIZE_MAX ||
			stacks.locations[i].module < stacks.n_modules);
	vmm_trace_stacks_free(&stacks);
}

static void
read_file(const char *path)
{
	struct vmm_trace_summary summary;
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;

	if (vmm_trace_open(&reader, path) != 0)
		return;
	check_stacks(&reader);
	vmm_trace_summary_init(&summary, &reader);
	while (vmm_trace_next(&reader, &event)) {
		FUZZ_CHECK(event.thread >= 1 && event.thread <= reader.threads);
		FUZZ_CHECK(event.kind < VMM_TRACE_KINDS);
		/* the rest of a chunk is not dropped without a word */
		if (!vmm_trace_is_last(&reader, &event))
			FUZZ_CHECK(reader.events > summary.events);
		vmm_trace_summary_add(&summary, &event);
		FUZZ_CHECK(event.weight >= 1);
		FUZZ_CHECK(event.weight == 1 || reader.sample > 0);
		FUZZ_CHECK(reader.sample > 0 ||
			summary.live.n == summary.blocks.n);
		replay(&summary, &event);
	}
	vmm_trace_summary_end(&summary);
	FUZZ_CHECK(summary.events <= reader.events);
	FUZZ_CHECK(summary.events == reader.events || reader.damaged > 0);
	free_all(&summary.blocks);
	FUZZ_CHECK(result.live_bytes == 0);
	vmm_trace_summary_free(&summary);
	vmm_trace_close(&reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static size_t mapped; /* by the calls, whose table of blocks stays */
	char path[32];
	int fd = memfd_create("trace", MFD_CLOEXEC);

	if (mapped == 0) {
		struct vmm_trace_event event = { .kind = VMM_TRACE_MALLOC,
			.id = 1 };

		free(vmm_complaint_take()); /* print none */
		vmm_replay_begin_calls(&result, 0);
		vmm_replay_make_call(&event);
		event = (struct vmm_trace_event){ .kind = VMM_TRACE_FREE,
			.old = 1 };
		vmm_replay_make_call(&event);
		mapped = vmm_trace_mapped();
	}
	make_file(data, size);
	FUZZ_CHECK(fd >= 0 && write(fd, file, file_size) == (ssize_t)file_size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_file(path);
	close(fd);
	/* at most 16 MiB of live blocks of a byte would be much more */
	FUZZ_CHECK(vmm_trace_mapped() < mapped + ((size_t)1 << 20));
	return 0;
}
