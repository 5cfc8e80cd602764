/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc doctor: groups of checks, each of which adds findings. A check does
 * not change the system, and what cannot be found out is no finding.
 */
#ifndef VMM_DOCTOR_H
#define VMM_DOCTOR_H

#include "cli/doctor/findings.h"
#include "cli/settings.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct vmm_doctor {
	/* From the command line: */
	struct vmm_pool_choice pool;
	const char *program; /* NULL: none */

	struct vmm_findings findings;

	/* Results of earlier checks, for later ones: */
	char *library;	     /* absolute path; NULL: not found */
	const char *backend; /* NULL: there is none of that name */
	char *backend_path;  /* with it */
	char *dir;	     /* absolute; NULL: it cannot be used */
	size_t size;	     /* of the pool; 0: not known */
	bool is_in_memory; /* pages of the pool are memory: tmpfs, hugetlbfs */
};

/* The groups, in the order in which they must be called. */
void vmm_doctor_check_library(struct vmm_doctor *doctor);
void vmm_doctor_check_directory(struct vmm_doctor *doctor);
void vmm_doctor_check_size(struct vmm_doctor *doctor);
void vmm_doctor_check_limits(struct vmm_doctor *doctor);
void vmm_doctor_check_sandbox(struct vmm_doctor *doctor);
void vmm_doctor_check_backend(struct vmm_doctor *doctor);
void vmm_doctor_check_program(struct vmm_doctor *doctor);

/* The checks of a running process instead. */
void vmm_doctor_check_process(struct vmm_findings *findings, pid_t pid);

/* Adds a finding with the text that a function of cli/ has complained with. */
void vmm_doctor_add_complaint(struct vmm_findings *findings,
	enum vmm_finding_id id, enum vmm_result result);

/* Reads the start of a file as text: its length, or -1. */
ssize_t vmm_doctor_read_text(const char *path, char *text, size_t size);

/* Bytes, or a number with KiB, MiB, GiB or TiB, in text; returns text. */
#define VMM_DOCTOR_BYTES 24
const char *vmm_doctor_bytes(char text[VMM_DOCTOR_BYTES], uint64_t bytes);

/* The value of VMMALLOC_FORK, or the default. */
int vmm_doctor_fork_mode(void);

#endif /* VMM_DOCTOR_H */
