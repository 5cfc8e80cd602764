/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap's part of the pool: extents for the backend, under one lock.
 * Implements struct vmmalloc_host (vmmalloc/backend.h), and counts.
 */
#ifndef VMM_HOST_H
#define VMM_HOST_H

#include "base/places.h"
#include "vmmalloc/backend.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct vmm_parts;

/* Page-aligned counts in bytes, at one moment: of one part, and of all. */
struct vmm_host_part_stats {
	const char *place;
	size_t size;
	size_t committed;
	size_t committed_peak;
	size_t free;
	size_t spills; /* extents that are here because another one was full */
};
struct vmm_host_stats {
	size_t pool_size;
	size_t committed;
	size_t committed_peak;
	size_t purged; /* ever */
	size_t free;   /* in no extent of the backend */
	size_t idle;   /* committed and free */
	size_t ahead;  /* committed, and not asked for since */
	size_t commit_calls;
	size_t purge_calls;
	unsigned int n_parts;
	struct vmm_host_part_stats part[VMM_PLACES_MAX];
};

/*
 * To be called before all others; the backend has no part of the pool yet.
 * Fills in the table, which must stay.
 */
void vmm_host_init(struct vmm_parts *parts, struct vmmalloc_host *table);

/*
 * Sets where the function is that answers requests of other processes
 * (vmm_control_poll): on a page that becomes read-only.
 */
void vmm_host_set_serve(void (*const *slot)(bool is_outside));

/*
 * Lets the backend have pages of the first part; and the rest of that part,
 * with all others.
 */
void vmm_host_add(const char *from, const char *to);
void vmm_host_add_rest(const char *from);

/* Commits [from, to) of the bootstrap region; 0 or -1 with ENOMEM. */
int vmm_host_commit_bootstrap(char *from, char *to);

void vmm_host_get_stats(struct vmm_host_stats *stats);

/* The statistics page says from now on that this backend is live. */
void vmm_host_publish(const struct vmmalloc_backend *backend, int fork_mode);

/* From now on the peak is that of what is committed later. */
void vmm_host_reset_peak(void);

/*
 * Purges free extents of at least run_min bytes. True if any of that was
 * committed.
 */
bool vmm_host_trim(size_t run_min);

/*
 * Purges some of the free memory, but not what is kept to be used again. True
 * if there may be more.
 */
bool vmm_host_trim_batch(void);

/* For core/background.c. */
struct vmm_host_watch {
	unsigned int changes; /* of the extents; wraps around; atomic */
	bool is_watched;      /* its thread is running; atomic */
	pid_t process;
};
extern struct vmm_host_watch vmm_host_watch
	__attribute__((visibility("hidden")));

/*
 * To be called in a forked child, which is a process without such a thread, and
 * was made at this time.
 */
void vmm_host_forked(uint64_t now_ms);

#endif /* VMM_HOST_H */
