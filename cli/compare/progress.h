/* SPDX-License-Identifier: BSD-3-Clause */
/* The line on a terminal that shows how far a comparison is. */
#ifndef VMM_PROGRESS_H
#define VMM_PROGRESS_H

/* The line is on stderr, and only if that is a terminal. */
struct vmm_progress {
	const char *workload; /* one of several; NULL: it has no name */
	int runs;     /* measured ones of each contender; 0: not known */
	double start; /* of the measured runs, see vmm_child_now */
	int done;     /* measured runs of all contenders */
	int all;      /* of these there will be; 0: not known */
	double limit; /* seconds, after which no more begin; 0: none */
};

/* A run of the contender begins; run 0 is a warm-up. */
void vmm_progress_show(
	const struct vmm_progress *progress, const char *name, int run);

/* Clears the line, before other output. */
void vmm_progress_clear(void);

#endif /* VMM_PROGRESS_H */
