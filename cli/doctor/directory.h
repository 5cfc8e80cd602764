/* SPDX-License-Identifier: BSD-3-Clause */
/* A file in the pool's directory on which vmmalloc doctor tries things. */
#ifndef VMM_DOCTOR_DIRECTORY_H
#define VMM_DOCTOR_DIRECTORY_H

#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_doctor;

/* Bytes: a huge page, wherever the kernel maps the file. */
#define VMM_TRIAL_SIZE ((size_t)4 << 20)

struct vmm_trial {
	struct vmm_doctor *doctor;
	struct vmm_os_backing backing;
	bool is_tmpfs, is_hugetlbfs;
	uint64_t free_blocks;
	bool is_backed; /* the first granule is */
	size_t size;	/* of the file and its mapping */
	char *map;
};

/* Huge pages, and the node that the memory is on. */
void vmm_doctor_check_memory(struct vmm_trial *trial);

/* The same of a pool that is ordinary memory. */
void vmm_doctor_check_ram(struct vmm_doctor *doctor);

/* How many huge pages are set aside; needs no page. */
void vmm_doctor_check_hugetlbfs(struct vmm_trial *trial);

#endif /* VMM_DOCTOR_DIRECTORY_H */
