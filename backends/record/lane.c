/* SPDX-License-Identifier: BSD-3-Clause */
/* Lanes of threads; see lane.h. No allocation here. */
#include "config.h"

#include "backends/record/lane.h"

#include "backends/record/file.h"
#include "backends/record/stack_table.h"
#include "base/linux_sys.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define NONE UINT32_MAX
#define CHUNK_MS_MAX                                                          \
	1000		  /* a busy thread writes a chunk at least this often \
			   */
#define MARKER_EVENTS 256 /* between two markers, at most */
/*
 * A thread with few events looks at the clock before each of them, so that none
 * is placed before a pause that it came after. One with many looks less often.
 */
#define STEP_MAX 16
/* Bytes that this many events take in one column, at most. */
#define STEP_BYTES (STEP_MAX * (3 * VMM_TRACE_NUMBER_MAX + 1))

#define COLUMN VMM_TRACE_COLUMN_MAX
#define BUFFER (VMM_TRACE_COLUMNS * COLUMN)
_Static_assert(
	VMM_TRACE_STACKS_MAX <= 1 << 21 && VMM_TRACE_EVENTS_MAX * 3 <= COLUMN,
	"the column of stacks has room for all events");

static struct shared {
	/*
	 * All zeroes: unlocked. A thread acquires the lock of a packer before
	 * this one, if it needs both.
	 */
	pthread_mutex_t lock;
	pthread_mutex_t packer[VMM_PACKERS];
	bool is_set; /* false in the child of a fork */
	bool is_finished;
	uint32_t threads;
	uint32_t lanes;	 /* used so far */
	uint32_t unused; /* the first of a list */
	struct vmm_lane lane[VMM_TRACE_LANES_MAX];
} * shared;

static const struct vmmalloc_host *host;
static uint32_t sample;

/* A child needs these of its parent's lanes: they are not cleared. */
static bool has_begun;
static bool is_child;
static uint8_t *buffer[VMM_TRACE_LANES_MAX];
static uint64_t chunk_first[VMM_TRACE_LANES_MAX];

static uint64_t
clock_ns(void)
{
	struct timespec now = { 0, 0 };

	vmm_sys_clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int
vmm_lane_init(const struct vmmalloc_host *the_host, uint32_t the_sample)
{
	void *map = vmm_sys_mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED ||
		vmm_sys_madvise(map, sizeof(*shared), MADV_WIPEONFORK) != 0)
		return -1;
	shared = map;
	host = the_host;
	sample = the_sample;
	return 0;
}

static void
begin_chunk(struct vmm_lane *lane)
{
	uint8_t *start = buffer[lane->number];

	lane->tags = start + VMM_TRACE_TAGS * COLUMN;
	lane->sizes = start + VMM_TRACE_SIZES * COLUMN;
	lane->refs = start + VMM_TRACE_REFS * COLUMN;
	lane->times = start + VMM_TRACE_TIMES * COLUMN;
	lane->stacks = start + VMM_TRACE_STACKS * COLUMN;
	lane->other = 0;
	lane->other_lane = 0;
	lane->marked = 0;
	lane->first = lane->blocks;
	chunk_first[lane->number] = lane->blocks;
	lane->start_ns = lane->marked_ns = clock_ns();
	lane->start_ms = lane->marked_ms = host->clock_ms();
	lane->step = 1;
	__atomic_store_n(&lane->events, 0, __ATOMIC_RELEASE);
}

/* Returns the number of a packer, which is locked. */
static int
lock_packer(const struct vmm_lane *lane)
{
	int packer = (int)(lane->number % VMM_PACKERS);

	for (int i = 0; i < VMM_PACKERS; i++) {
		if (pthread_mutex_trylock(&shared->packer[i]) == 0)
			return i;
	}
	pthread_mutex_lock(&shared->packer[packer]);
	return packer;
}

/*
 * Compresses the events of the lane, which is the caller's or, if the trace is
 * finished, any. Called with the packer locked.
 */
static size_t
pack(int packer, const struct vmm_lane *lane, uint32_t flags)
{
	uint32_t events = __atomic_load_n(&lane->events, __ATOMIC_ACQUIRE);
	uint8_t *start = buffer[lane->number];
	const uint8_t *end[VMM_TRACE_COLUMNS] = { start + events, lane->sizes,
		lane->refs, lane->times, lane->stacks };
	struct vmm_trace_chunk chunk = {
		.version = VMM_TRACE_VERSION,
		.flags = flags,
		.lane = lane->number,
		.thread = lane->thread,
		.sample = sample,
		.first = lane->first,
		.start = lane->start_ns,
		.events = events,
		.blocks = (uint32_t)(lane->blocks - lane->first),
	};

	if (events == 0)
		return 0;
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++)
		chunk.column[i].raw =
			(uint32_t)(end[i] - start - (size_t)i * COLUMN);
	return vmm_record_file_pack(packer, &chunk, start, COLUMN);
}

/* Begins a trace: in the process that loads us, or in the child of a fork. */
static void
begin(void)
{
	shared->is_set = true;
	shared->unused = NONE;
	is_child = has_begun;
	has_begun = true;
	vmm_record_file_begin(is_child);
}

/* Called with the lock held; NULL if there is none. */
static struct vmm_lane *
acquire(void)
{
	struct vmm_lane *lane;
	uint32_t number = shared->unused;

	if (number == NONE && shared->lanes == VMM_TRACE_LANES_MAX)
		return NULL;
	if (number == NONE)
		number = shared->lanes;
	lane = &shared->lane[number];
	if (buffer[number] == NULL) {
		void *map = vmm_sys_mmap(NULL, BUFFER, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (map == MAP_FAILED)
			return NULL;
		buffer[number] = map;
	}
	if (number == shared->unused) {
		shared->unused = lane->next;
	} else {
		shared->lanes++;
		/*
		 * in a child: after all blocks of the parent's lane, the number
		 * of which was cleared
		 */
		lane->blocks = is_child
			? chunk_first[number] + 2 * VMM_TRACE_EVENTS_MAX
			: 0;
	}
	lane->number = number;
	lane->thread = ++shared->threads;
	lane->is_in_use = true;
	begin_chunk(lane);
	return lane;
}

static bool
has_room(const struct vmm_lane *lane)
{
	const uint8_t *start = buffer[lane->number];

	return lane->events + STEP_MAX <= VMM_TRACE_EVENTS_MAX &&
		lane->sizes + STEP_BYTES <=
		start + (VMM_TRACE_SIZES + 1) * COLUMN &&
		lane->refs + STEP_BYTES <=
		start + (VMM_TRACE_REFS + 1) * COLUMN;
}

/*
 * A marker says when the next event is. Between two of them readers
 * interpolate.
 */
static void
mark(struct vmm_lane *lane, uint64_t ms)
{
	uint64_t ns;

	if (ms != lane->marked_ms)
		lane->step = 1;
	else if (lane->step < STEP_MAX)
		lane->step *= 2;
	if (ms == lane->marked_ms &&
		lane->events - lane->marked < MARKER_EVENTS)
		return;
	ns = clock_ns();
	lane->times =
		vmm_trace_put_number(lane->times, lane->events - lane->marked);
	lane->times = vmm_trace_put_number(lane->times, ns - lane->marked_ns);
	lane->marked = lane->events;
	lane->marked_ns = ns;
	lane->marked_ms = ms;
}

/* Returns the lane, or NULL if the trace is finished. */
static struct vmm_lane *
write_chunk(struct vmm_lane *lane)
{
	int packer = lock_packer(lane);
	bool is_finished =
		__atomic_load_n(&shared->is_finished, __ATOMIC_RELAXED);
	size_t size = is_finished ? 0 : pack(packer, lane, 0);

	if (size > 0) {
		pthread_mutex_lock(&shared->lock);
		vmm_stack_table_write();
		vmm_record_file_write(packer, size);
		pthread_mutex_unlock(&shared->lock);
	}
	if (!is_finished) {
		begin_chunk(lane);
		lane->left = lane->step;
	}
	pthread_mutex_unlock(&shared->packer[packer]);
	return is_finished ? NULL : lane;
}

static struct vmm_lane *
get_room(struct vmm_lane *lane)
{
	bool is_mine = lane != NULL && lane->is_in_use;
	uint64_t ms = host->clock_ms();

	if (is_mine && has_room(lane) && ms - lane->start_ms < CHUNK_MS_MAX) {
		if (__atomic_load_n(&shared->is_finished, __ATOMIC_RELAXED))
			return NULL;
		mark(lane, ms);
		lane->left = lane->step;
		return lane;
	}
	if (is_mine)
		return write_chunk(lane);
	pthread_mutex_lock(&shared->lock);
	if (!shared->is_set)
		begin();
	lane = shared->is_finished ? NULL : acquire();
	if (lane != NULL)
		lane->left = lane->step;
	pthread_mutex_unlock(&shared->lock);
	return lane;
}

struct vmm_lane *
vmm_lane_get_room(struct vmm_lane *old)
{
	int err = errno;
	struct vmm_lane *lane = get_room(old);

	errno = err;
	return lane;
}

void
vmm_lane_release(struct vmm_lane *lane)
{
	int err = errno;
	int packer;
	size_t size = 0;

	if (!lane->is_in_use)
		return;
	packer = lock_packer(lane);
	if (!__atomic_load_n(&shared->is_finished, __ATOMIC_RELAXED))
		size = pack(packer, lane, VMM_TRACE_LAST);
	pthread_mutex_lock(&shared->lock);
	if (size > 0)
		vmm_stack_table_write();
	vmm_record_file_write(packer, size);
	lane->is_in_use = false;
	lane->left = 0;
	lane->next = shared->unused;
	shared->unused = lane->number;
	pthread_mutex_unlock(&shared->lock);
	pthread_mutex_unlock(&shared->packer[packer]);
	errno = err;
}

void
vmm_lane_write_stacks(void)
{
	int err = errno;

	pthread_mutex_lock(&shared->lock);
	vmm_stack_table_write();
	pthread_mutex_unlock(&shared->lock);
	errno = err;
}

void
vmm_lane_finish(void)
{
	/* a child that has allocated nothing since the fork has no trace */
	if (!shared->is_set)
		return;
	/* no other thread is in the middle of a chunk then */
	for (int i = 0; i < VMM_PACKERS; i++)
		pthread_mutex_lock(&shared->packer[i]);
	pthread_mutex_lock(&shared->lock);
	if (!shared->is_finished) {
		__atomic_store_n(&shared->is_finished, true, __ATOMIC_RELAXED);
		vmm_stack_table_write();
		for (uint32_t i = 0; i < shared->lanes; i++) {
			if (shared->lane[i].is_in_use)
				vmm_record_file_write(
					0, pack(0, &shared->lane[i], 0));
		}
	}
	pthread_mutex_unlock(&shared->lock);
	for (int i = 0; i < VMM_PACKERS; i++)
		pthread_mutex_unlock(&shared->packer[i]);
}
