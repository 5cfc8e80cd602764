/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc/page.h - the statistics page of a process with libvmmalloc
 *
 * libvmmalloc keeps one struct vmmalloc_page in its own writable data and
 * updates it on its slow paths. A process that may trace another one
 * (ptrace(2)) can find and read it through /proc/PID/mem, and write a request
 * into it; vmmalloc-page(5) says how. vmmalloc-stat(1), vmmalloc-top(1) and
 * vmmalloc-ctl(1) do so.
 *
 * A later version with the same VMMALLOC_PAGE_VERSION only appends fields:
 * struct_size says which there are. All numbers have the byte order of the
 * machine.
 */
#ifndef VMMALLOC_PAGE_H
#define VMMALLOC_PAGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first 16 bytes, filled with zeroes; and what the address divides by. */
#define VMMALLOC_PAGE_MAGIC "vmmalloc page\n"
#define VMMALLOC_PAGE_ALIGN 64

#define VMMALLOC_PAGE_VERSION 1

/* The value of a number that is not known. */
#define VMMALLOC_PAGE_UNKNOWN UINT64_MAX

/* Values of state. */
#define VMMALLOC_PAGE_EMPTY 0u	  /* there is no pool yet */
#define VMMALLOC_PAGE_STARTING 1u /* the backend is not loaded yet */
#define VMMALLOC_PAGE_LIVE 2u

/* Commands: the lower 32 bits of a request. */
#define VMMALLOC_PAGE_PURGE 1u	    /* return unused memory */
#define VMMALLOC_PAGE_RESET_PEAK 2u /* committed_peak starts again */
#define VMMALLOC_PAGE_DUMP 3u	    /* make a report in JSON */
#define VMMALLOC_PAGE_PROFILE 4u    /* write the heap profile to its file */

/*
 * Results: an errno value (EINVAL: no such command; of PROFILE: ENOENT without
 * a profile, EBUSY while one is written, or why it cannot be), or one of these.
 */
#define VMMALLOC_PAGE_DONE 0
#define VMMALLOC_PAGE_PARTLY (-1) /* without what only the backend can do */

/* A place of the pool. Numbers are in bytes, except for spills. */
struct vmmalloc_page_place {
	char name[40]; /* cut if longer; ends with a zero byte */
	uint64_t reserved;
	uint64_t committed;
	uint64_t free;
	uint64_t spills; /* extents that are here because another was full */
};

#define VMMALLOC_PAGE_PLACES 8

struct vmmalloc_page {
	char magic[16];
	uint32_t version;     /* VMMALLOC_PAGE_VERSION */
	uint32_t struct_size; /* sizeof(struct vmmalloc_page) in the library */

	/*
	 * Odd while numbers are being changed. A reader that finds it odd, or
	 * another value after reading than before, must read again.
	 */
	uint32_t sequence;
	uint32_t state;

	int32_t pid; /* in the process's own PID name space */
	uint32_t fork_mode;
	uint64_t started_ms; /* CLOCK_MONOTONIC, when the state became live */
	uint64_t updated_ms; /* the same clock, at the last change */

	char library_version[16];
	char backend[24]; /* these two are empty until the state is live */
	char backend_version[32];

	/* The pool, in bytes */
	uint64_t reserved; /* address space for the heap */
	uint64_t committed;
	uint64_t committed_peak;
	uint64_t purged; /* ever */
	uint64_t free;	 /* in no extent of the backend */
	uint64_t idle;	 /* committed and free */
	uint64_t ahead;	 /* committed, and not asked for since */

	/*
	 * Bytes in blocks of the program, counted when that was last asked
	 * for: see sample. Unknown until then.
	 */
	uint64_t allocated;

	uint64_t commit_calls; /* system calls that backed memory: the page
				  faults that the program does not take */
	uint64_t purge_calls;
	uint64_t forks;

	uint32_t n_places;
	uint32_t unused;
	struct vmmalloc_page_place place[VMMALLOC_PAGE_PLACES];

	/*
	 * Written by the other process: a command, and any number but 0 in the
	 * upper 32 bits, so that each request differs from the last one.
	 */
	uint64_t request;

	/* The answer; result and the report are valid once answered equals. */
	uint64_t answered;
	int32_t result;
	uint32_t unused2;
	uint64_t report;      /* address of a report, in this process */
	uint64_t report_size; /* bytes, without a zero byte at the end */

	/*
	 * Written by the other process: any other number, so that `allocated`
	 * is counted again, up to ten times a second. It is of this moment
	 * once sampled equals.
	 */
	uint64_t sample;
	uint64_t sampled;
};

#ifdef __cplusplus
}
#endif

#endif /* VMMALLOC_PAGE_H */
