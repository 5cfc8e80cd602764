/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding out whether a machine is quiet; see noise.h. */
#include "config.h"

#include "cli/compare/noise.h"

#include "cli/cli.h"
#include "cli/compare/quantity.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define STAT "/proc/stat"
#define THROTTLES \
	"/sys/devices/system/cpu/cpu%ld/thermal_throttle/core_throttle_count"

/* Above these the machine is called noisy. */
#define MAX_STEAL 0.01	/* of all processor time */
#define MAX_OTHERS 0.10 /* of one processor */
#define MAX_SPREAD 0.05 /* of the median */

/* 1 / the third quartile of the standard normal distribution. */
#define DEVIATIONS_TO_SIGMA 1.4826

/* Returns the length; the text is empty if the file cannot be read. */
static size_t
read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, size - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

void
vmm_noise_parse(struct vmm_noise *noise, const char *text)
{
	/* user, nice, system, idle, iowait, irq, softirq, steal */
	uint64_t t[8] = { 0 };

	noise->total = noise->busy = noise->steal = 0;
	if (sscanf(text,
		    "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		    " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		    &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 4)
		return;
	for (int i = 0; i < 8; i++)
		noise->total += t[i];
	noise->steal = t[7];
	noise->busy = noise->total - t[3] - t[4] - t[7];
}

static double
get_own_time(int whose)
{
	struct rusage usage;

	if (getrusage(whose, &usage) != 0)
		return 0;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void
vmm_noise_read(struct vmm_noise *noise)
{
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	char text[512];

	read_text(STAT, text, sizeof(text));
	vmm_noise_parse(noise, text);
	noise->own = get_own_time(RUSAGE_SELF) + get_own_time(RUSAGE_CHILDREN);
	noise->throttles = 0;
	for (long i = 0; i < processors; i++) {
		char *path = vmm_text(THROTTLES, i);

		if (read_text(path, text, sizeof(text)) > 0)
			noise->throttles += strtoull(text, NULL, 10);
		free(path);
	}
}

/* Appends a sentence to the text, which may be NULL. */
static char *
append(char *text, char *sentence)
{
	char *longer;

	if (text == NULL)
		return sentence;
	longer = vmm_text("%s %s", text, sentence);
	free(text);
	free(sentence);
	return longer;
}

char *
vmm_noise_describe(
	const struct vmm_noise *before, const struct vmm_noise *after)
{
	double total = (double)(after->total - before->total);
	double processors = (double)sysconf(_SC_NPROCESSORS_ONLN);
	double tick = 1.0 / (double)sysconf(_SC_CLK_TCK);
	double elapsed = total * tick / processors;
	double others = (double)(after->busy - before->busy) * tick -
		(after->own - before->own);
	double steal = (double)(after->steal - before->steal);
	char *text = NULL;

	/* Ticks are too coarse for less. */
	if (elapsed < 100 * tick)
		return NULL;
	if (others > MAX_OTHERS * elapsed)
		text = append(text,
			vmm_text("Other processes used %.0f %% of a processor "
				 "during the runs.",
				100 * others / elapsed));
	if (steal > MAX_STEAL * total)
		text = append(text,
			vmm_text("The host took %.0f %% of the processor time "
				 "for others (steal).",
				100 * steal / total));
	if (after->throttles > before->throttles)
		text = append(text,
			vmm_text("Processors were throttled %" PRIu64
				 " times, because they were too hot.",
				after->throttles - before->throttles));
	return text;
}

/*
 * The median of the distances from the median, as a part of it, and of the size
 * of a standard deviation; a few outliers do not count.
 */
static double
get_spread(const struct vmm_contender *contender)
{
	struct vmm_contender distances = *contender;
	double middle = vmm_quantity_median(VMM_WALL, contender);
	double spread;

	distances.samples =
		vmm_array_new(contender->n, sizeof(*distances.samples));
	for (size_t i = 0; i < contender->n; i++)
		distances.samples[i].wall =
			fabs(contender->samples[i].wall - middle);
	spread = vmm_quantity_median(VMM_WALL, &distances);
	free(distances.samples);
	return middle > 0 ? DEVIATIONS_TO_SIGMA * spread / middle : 0;
}

char *
vmm_noise_describe_spread(const struct vmm_report *report)
{
	const struct vmm_contender *worst = NULL;
	double spread = MAX_SPREAD;

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];
		double its = contender->n > 2 ? get_spread(contender) : 0;

		if (!contender->has_failed && its > spread) {
			spread = its;
			worst = contender;
		}
	}
	if (worst == NULL)
		return NULL;
	return vmm_text("The times of %s spread by %.0f %% of their median.",
		worst->name, 100 * spread);
}
