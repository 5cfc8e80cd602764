/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A profile as pprof reads it: the message perftools.profiles.Profile of its
 * profile.proto, in a file of gzip. Equal strings, mappings, functions and
 * locations are stored once: the functions that add one return the number of
 * the one that is there. Memory that runs out ends the command; see cli.h.
 *
 *	struct vmm_pprof *profile = vmm_pprof_new();
 *	vmm_pprof_sample_type(profile, "alloc_space", "bytes");
 *	uint64_t function = vmm_pprof_function(profile, "main", "main.c", 7);
 *	uint64_t at = vmm_pprof_location(profile, 0, 0x1234,
 *		&(struct vmm_pprof_line){function, 9}, 1);
 *	vmm_pprof_sample(profile, &at, 1, (int64_t[]){4096}, NULL, 0);
 *	if (vmm_pprof_write(profile, file) != 0)
 *		...
 *	vmm_pprof_free(profile);
 */
#ifndef VMM_PPROF_H
#define VMM_PPROF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct vmm_pprof;

struct vmm_pprof *vmm_pprof_new(void);
void vmm_pprof_free(struct vmm_pprof *profile);

/*
 * The next value of each sample: what it is, such as "inuse_space", and its
 * unit, such as "bytes", "count" or "nanoseconds". All of them come before the
 * first sample. Readers show the one that is named with the second function, or
 * the last one.
 */
void vmm_pprof_sample_type(
	struct vmm_pprof *profile, const char *type, const char *unit);
void vmm_pprof_default_type(struct vmm_pprof *profile, const char *type);

/* The amount that is counted between two samples, and its type. */
void vmm_pprof_period(struct vmm_pprof *profile, const char *type,
	const char *unit, int64_t period);

/* When it was taken, in ns since 1970, and for how long; 0 if not known. */
void vmm_pprof_time(
	struct vmm_pprof *profile, int64_t start_ns, int64_t duration_ns);

/* A line of text that readers show with the profile. */
void vmm_pprof_comment(struct vmm_pprof *profile, const char *text);

/* A file in the address space. The first one is the program. */
struct vmm_pprof_mapping {
	uint64_t start, limit; /* of the addresses; limit is past the last */
	uint64_t offset;       /* in the file, bytes */
	const char *file;      /* or NULL */
	const char *build_id;  /* hexadecimal, or NULL */
	bool has_functions;    /* its locations have lines with functions */
};

/* Returns the number of the mapping, of the function, of the location. */
uint64_t vmm_pprof_mapping(
	struct vmm_pprof *profile, const struct vmm_pprof_mapping *mapping);

/* file may be NULL, and line, where the function begins, 0. */
uint64_t vmm_pprof_function(struct vmm_pprof *profile, const char *name,
	const char *file, int64_t line);

struct vmm_pprof_line {
	uint64_t function;
	int64_t line; /* in the function's file, or 0 */
};

/*
 * mapping may be 0. There is more than one line if functions are inlined: the
 * last is the one into which the others are; none if no function is known.
 */
uint64_t vmm_pprof_location(struct vmm_pprof *profile, uint64_t mapping,
	uint64_t address, const struct vmm_pprof_line *lines, size_t n);

struct vmm_pprof_label {
	const char *key;
	const char *text; /* or NULL: the number counts */
	int64_t number;
	const char *unit; /* of the number, or NULL */
};

/*
 * A stack, of which the first location is the innermost, with one value per
 * sample type.
 */
void vmm_pprof_sample(struct vmm_pprof *profile, const uint64_t *locations,
	size_t n, const int64_t *values, const struct vmm_pprof_label *labels,
	size_t n_labels);

/* Writes the file. Returns 0, or -1 with errno. */
int vmm_pprof_write(const struct vmm_pprof *profile, FILE *to);

#endif /* VMM_PPROF_H */
