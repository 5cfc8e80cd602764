/* SPDX-License-Identifier: BSD-3-Clause */
/* Samples of the clock of the processors; see frequency.h. */
#include "config.h"

#include "cli/compare/frequency.h"

#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* In kHz. Linux 4.13 and later measure it on x86, by APERF and MPERF. */
#define CPUFREQ "/sys/devices/system/cpu/cpu%ld/cpufreq/scaling_cur_freq"
#define CPUINFO "/proc/cpuinfo"

/*
 * Above this part of the highest frequency the machine is called noisy. The
 * time of a program that waits for nothing is inversely proportional to the
 * frequency, so that this is the spread of times that noise.c calls noisy. The
 * steps of a processor that is steadily boosted, of 25 to 100 MHz, are below
 * it.
 */
#define MAX_RANGE 0.05

double
vmm_frequency_parse(const char *line)
{
	double mhz;

	return sscanf(line, "cpu MHz : %lf", &mhz) == 1 && mhz > 0 ? mhz : 0;
}

static double
get_cpufreq(void)
{
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	double highest = 0;

	for (long i = 0; i < processors; i++) {
		char *path = vmm_text(CPUFREQ, i);
		FILE *file = fopen(path, "re");
		double khz;

		if (file != NULL && fscanf(file, "%lf", &khz) == 1 &&
			khz / 1000 > highest)
			highest = khz / 1000;
		if (file != NULL)
			fclose(file);
		free(path);
	}
	return highest;
}

static double
get_cpuinfo(void)
{
	FILE *file = fopen(CPUINFO, "re");
	char *line = NULL;
	size_t size = 0;
	double highest = 0;

	if (file == NULL)
		return 0;
	while (getline(&line, &size, file) > 0) {
		double mhz = vmm_frequency_parse(line);

		if (mhz > highest)
			highest = mhz;
	}
	free(line);
	fclose(file);
	return highest;
}

void
vmm_frequency_add(struct vmm_frequency *frequency, double mhz)
{
	if (mhz <= 0)
		return;
	if (frequency->highest <= 0 || mhz < frequency->lowest)
		frequency->lowest = mhz;
	if (mhz > frequency->highest)
		frequency->highest = mhz;
}

/* Idle processors are slow: the fastest is one that has just been busy. */
void
vmm_frequency_sample(struct vmm_frequency *frequency)
{
	double mhz = get_cpufreq();

	vmm_frequency_add(frequency, mhz > 0 ? mhz : get_cpuinfo());
}

char *
vmm_frequency_describe(const struct vmm_frequency *frequency)
{
	double range = frequency->highest - frequency->lowest;

	if (range <= MAX_RANGE * frequency->highest)
		return NULL;
	return vmm_text("The clock of the fastest processor varied between "
			"%.2f and %.2f GHz.",
		frequency->lowest / 1000, frequency->highest / 1000);
}
