/* SPDX-License-Identifier: BSD-3-Clause */
/* Points of a course; see course.h. */
#include "config.h"

#include "cli/replay/course.h"

static void
merge(struct vmm_replay_point *to, const struct vmm_replay_point *other)
{
	if (other->resident > to->resident)
		*to = *other;
}

static void
halve(struct vmm_replay_course *course)
{
	course->n = VMM_REPLAY_POINTS / 2;
	for (size_t i = 0; i < course->n; i++) {
		course->points[i] = course->points[2 * i];
		merge(&course->points[i], &course->points[2 * i + 1]);
	}
	course->width *= 2;
}

void
vmm_replay_course_add(
	struct vmm_replay_course *course, const struct vmm_replay_point *sample)
{
	if (course->width == 0)
		course->width = 1;
	if (course->n > 0 && course->last < course->width) {
		merge(&course->points[course->n - 1], sample);
		course->last++;
		return;
	}
	if (course->n == VMM_REPLAY_POINTS)
		halve(course);
	course->points[course->n++] = *sample;
	course->last = 1;
}

double
vmm_replay_course_peak_ratio(
	const struct vmm_replay_course *course, uint64_t live)
{
	double peak = 0;

	for (size_t i = 0; i < course->n; i++) {
		const struct vmm_replay_point *point = &course->points[i];
		double ratio;

		if (point->live == 0 || point->live < live)
			continue;
		ratio = (double)point->resident / (double)point->live;
		if (ratio > peak)
			peak = ratio;
	}
	return peak;
}
