/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls of malloc and its relatives; see calls.h. */
#include "config.h"

#include "cli/replay/calls.h"

#include "cli/trace/blocks.h"
#include "cli/trace/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LINE 64	     /* bytes: each line of the cache is written to */
#define SAMPLES 1024 /* of the resident memory, about, if events are few, */
#define SAMPLE_EVENTS_MIN 32	       /* but not more often than this, */
#define SAMPLE_EVENTS_MAX 1024	       /* nor less often */
#define SAMPLE_BYTES ((size_t)1 << 20) /* after each larger block as well */

static struct vmm_replay_result *result;
static uint64_t sample_events; /* between two samples */
static struct vmm_trace_blocks blocks;
static uint64_t overhead; /* ns, of reading the clock */
static int statm;
static uint64_t page_size;
static int64_t base;	   /* bytes, resident and not of the heap */
static uint64_t last_time; /* ns, of the last event */

static uint64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The second number of the file: resident pages, of whatever they are. */
static int64_t
read_resident(void)
{
	char text[128];
	ssize_t n = pread(statm, text, sizeof(text) - 1, 0);
	char *end;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	strtoull(text, &end, 10);
	return (int64_t)(strtoull(end, NULL, 10) * page_size);
}

void
vmm_replay_sample(uint64_t time)
{
	int64_t heap = read_resident() - base - (int64_t)vmm_trace_mapped();

	if (heap < 0)
		heap = 0;
	if ((uint64_t)heap > result->resident_peak)
		result->resident_peak = (uint64_t)heap;
	result->resident_sum += (uint64_t)heap;
	result->live_sum += result->live_bytes;
	result->samples++;
	vmm_replay_course_add(&result->course,
		&(struct vmm_replay_point){
			time, (uint64_t)heap, result->live_bytes });
}

/* Adds the page faults so far, or subtracts them. */
static void
add_faults(int sign)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return;
	result->minor_faults += (uint64_t)(sign * usage.ru_minflt);
	result->major_faults += (uint64_t)(sign * usage.ru_majflt);
}

void
vmm_replay_begin_calls(struct vmm_replay_result *to, uint64_t events)
{
	result = to;
	sample_events = events / SAMPLES;
	if (sample_events < SAMPLE_EVENTS_MIN)
		sample_events = SAMPLE_EVENTS_MIN;
	if (sample_events > SAMPLE_EVENTS_MAX)
		sample_events = SAMPLE_EVENTS_MAX;
	page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	overhead = UINT64_MAX;
	for (int i = 0; i < 1000; i++) {
		uint64_t start = clock_ns();
		uint64_t ns = clock_ns() - start;

		if (ns < overhead)
			overhead = ns;
	}
	base = read_resident() - (int64_t)vmm_trace_mapped();
	add_faults(-1);
}

void
vmm_replay_end_calls(void)
{
	add_faults(1);
	vmm_replay_sample(last_time);
	result->live_blocks = blocks.n;
}

/* Writes to the memory, as a program does to what it allocates. */
static void
touch(void *ptr, size_t from, size_t size)
{
	volatile char *at = ptr;

	for (size_t i = from; i < size; i += LINE)
		at[i] = 1;
}

/* Of a block of this size. */
static void
end_call(enum vmm_trace_kind kind, uint64_t size, uint64_t start)
{
	uint64_t ns = clock_ns() - start;

	vmm_replay_call_add(&result->calls[kind][vmm_replay_range_of(size)],
		ns > overhead ? ns - overhead : 0);
}

static void *
allocate(const struct vmm_trace_event *event)
{
	size_t alignment = event->alignment;
	void *ptr = NULL;
	uint64_t start;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	start = clock_ns();
	switch (event->kind) {
	case VMM_TRACE_CALLOC:
		ptr = calloc(1, event->size);
		break;
	case VMM_TRACE_MEMALIGN:
		if (posix_memalign(&ptr, alignment, event->size) != 0)
			ptr = NULL;
		break;
	default:
		ptr = malloc(event->size);
		break;
	}
	end_call(event->kind, event->size, start);
	return ptr;
}

/* Sets the address of a block that is live now. */
static void
add_block(const struct vmm_trace_event *event, void *ptr)
{
	struct vmm_trace_block *block;

	if (ptr == NULL) {
		result->failed++;
		return;
	}
	block = vmm_trace_blocks_insert(&blocks, event->id);
	block->ptr = ptr;
	block->size = event->size;
	result->live_bytes += event->size;
	if (result->live_bytes > result->peak_bytes)
		result->peak_bytes = result->live_bytes;
}

static void
reallocate(const struct vmm_trace_event *event)
{
	struct vmm_trace_block *block =
		vmm_trace_blocks_find(&blocks, event->old);
	size_t old_size = block != NULL ? block->size : 0;
	void *ptr = block != NULL ? block->ptr : NULL;
	uint64_t start;
	void *moved;

	if (block != NULL) {
		result->live_bytes -= block->size;
		vmm_trace_blocks_remove(&blocks, block);
	}
	start = clock_ns();
	/* to no bytes it would free the block in some libraries */
	moved = realloc(ptr, event->size > 0 ? event->size : 1);
	end_call(event->kind, event->size, start);
	if (moved == NULL)
		free(ptr);
	else
		touch(moved, old_size, event->size);
	add_block(event, moved);
}

static void
release(const struct vmm_trace_event *event)
{
	struct vmm_trace_block *block =
		vmm_trace_blocks_find(&blocks, event->old);
	uint64_t size, start;
	void *ptr;

	/* allocated before the trace begins */
	if (block == NULL)
		return;
	ptr = block->ptr;
	size = block->size;
	result->live_bytes -= size;
	vmm_trace_blocks_remove(&blocks, block);
	start = clock_ns();
	free(ptr);
	end_call(event->kind, size, start);
}

void
vmm_replay_make_call(const struct vmm_trace_event *event)
{
	void *ptr;

	switch (event->kind) {
	case VMM_TRACE_MALLOC:
	case VMM_TRACE_CALLOC:
	case VMM_TRACE_MEMALIGN:
		ptr = allocate(event);
		if (ptr != NULL)
			touch(ptr, 0, event->size);
		add_block(event, ptr);
		break;
	case VMM_TRACE_REALLOC:
		reallocate(event);
		break;
	case VMM_TRACE_FREE:
		release(event);
		break;
	case VMM_TRACE_FAILED:
	case VMM_TRACE_KINDS:
	default:
		break;
	}
	last_time = event->time;
	if (++result->events % sample_events == 0 ||
		(event->id != 0 && event->size >= SAMPLE_BYTES))
		vmm_replay_sample(event->time);
}
