/* SPDX-License-Identifier: BSD-3-Clause */
/* The machine that a comparison ran on, as far as it matters for allocators. */
#ifndef VMM_MACHINE_H
#define VMM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/* A property, such as "kernel". */
struct vmm_property {
	const char *key;   /* for programs: "transparent_huge_pages" */
	const char *title; /* for people: "Transparent huge pages" */
	char *value;
};

/* Those that are known; *n of them, for vmm_machine_free. */
struct vmm_property *vmm_machine_describe(size_t *n);
void vmm_machine_free(struct vmm_property *properties, size_t n);

/*
 * The hardware counters that compare uses: "instructions, TLB misses", or why
 * there are none; for free(3). Sets *is_refused if there may be some, but not
 * for this process; then the text ends with what to change.
 */
char *vmm_machine_describe_counters(bool *is_refused);

#endif /* VMM_MACHINE_H */
