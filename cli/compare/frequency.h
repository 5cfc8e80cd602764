/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock of the processors, which decides how fast a program runs. */
#ifndef VMM_FREQUENCY_H
#define VMM_FREQUENCY_H

/* Of the fastest processor, in all samples; 0: none was taken. */
struct vmm_frequency {
	double lowest; /* MHz */
	double highest;
};

/*
 * Takes a sample, if the machine shows frequencies: by cpufreq, or in
 * /proc/cpuinfo. To be called right after a run, when a processor that was busy
 * has not slowed down again.
 */
void vmm_frequency_sample(struct vmm_frequency *frequency);

/* Adds a sample of mhz; 0: there is none. */
void vmm_frequency_add(struct vmm_frequency *frequency, double mhz);

/* The frequency in a line of /proc/cpuinfo in MHz; 0: it has none. */
double vmm_frequency_parse(const char *line);

/*
 * A sentence on samples that differ too much, for free(3), or NULL if they do
 * not.
 */
char *vmm_frequency_describe(const struct vmm_frequency *frequency);

#endif /* VMM_FREQUENCY_H */
