/* SPDX-License-Identifier: BSD-3-Clause */
/* The progress of a comparison; see progress.h. */
#include "config.h"

#include "cli/compare/progress.h"

#include "cli/child.h"
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Seconds until the last run ends; negative: not known. */
static double
get_time_left(const struct vmm_progress *progress)
{
	double elapsed = vmm_child_now() - progress->start;
	double left = -1;

	if (progress->done == 0)
		return -1;
	if (progress->all > 0)
		left = elapsed / progress->done *
			(progress->all - progress->done);
	if (progress->limit > 0 &&
		(left < 0 || left > progress->limit - elapsed))
		left = progress->limit - elapsed;
	return left;
}

/* "1:02:03 left", "2:03 left" or "3 s left"; for free(3). */
static char *
describe_time(double seconds)
{
	long s = (long)(seconds + 0.5);

	if (s >= 3600)
		return vmm_text(", %ld:%02ld:%02ld left", s / 3600, s / 60 % 60,
			s % 60);
	if (s >= 60)
		return vmm_text(", %ld:%02ld left", s / 60, s % 60);
	return vmm_text(", %ld s left", s);
}

void
vmm_progress_show(
	const struct vmm_progress *progress, const char *name, int run)
{
	double left = get_time_left(progress);
	char *time;

	if (!isatty(STDERR_FILENO))
		return;
	time = left >= 0 ? describe_time(left) : vmm_text("%s", "");
	fputs("\r\033[K", stderr);
	if (progress->workload != NULL)
		fprintf(stderr, "%.20s, ", progress->workload);
	fprintf(stderr, "%.20s: ", name);
	if (run == 0)
		fputs("warm-up", stderr);
	else if (progress->runs > 0)
		fprintf(stderr, "run %d of %d%s", run, progress->runs, time);
	else
		fprintf(stderr, "run %d%s", run, time);
	fflush(stderr);
	free(time);
}

void
vmm_progress_clear(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}
