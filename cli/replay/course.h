/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory in the course of a replay: a bounded number of points, in order. */
#ifndef VMM_REPLAY_COURSE_H
#define VMM_REPLAY_COURSE_H

#include <stddef.h>
#include <stdint.h>

#define VMM_REPLAY_POINTS 256

struct vmm_replay_point {
	uint64_t time;	   /* ns since the first event of the trace */
	uint64_t resident; /* bytes of the heap */
	uint64_t live;	   /* bytes, as the program asked for them */
};

/* All zeroes: empty. */
struct vmm_replay_course {
	struct vmm_replay_point points[VMM_REPLAY_POINTS];
	uint64_t n;
	uint64_t width; /* samples per point; 0 is 1 */
	uint64_t last;	/* samples in the last point */
};

/*
 * Adds a sample. If there are too many points, each two become one, which is
 * that with more resident memory; so it is with all samples of one point.
 */
void vmm_replay_course_add(struct vmm_replay_course *course,
	const struct vmm_replay_point *sample);

/*
 * The highest ratio of resident to live bytes at the points with at least this
 * many live bytes, and more than 0; or 0 if there is no such point.
 */
double vmm_replay_course_peak_ratio(
	const struct vmm_replay_course *course, uint64_t live);

#endif /* VMM_REPLAY_COURSE_H */
