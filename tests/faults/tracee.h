/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads in /proc about the processes that tests/faults/inject runs. */
#ifndef FAULTS_TRACEE_H
#define FAULTS_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Forgets what was known: a program is about to run. */
void tracee_reset(void);

/* The mappings of code have changed. */
void tracee_mapped_code(void);

/*
 * Whether a thread, which is in a system call, was called by our library, or by
 * a backend: ip is the address of the call's instruction.
 */
bool tracee_is_ours(pid_t thread, uint64_t ip);

/* The process that the thread belongs to. */
pid_t tracee_process(pid_t thread);

/* The name of the file behind a descriptor. */
void tracee_file(pid_t thread, int fd, char *name, size_t size);

unsigned int tracee_count_descriptors(pid_t process);

/* Of address space. */
unsigned long tracee_count_pages(pid_t process);

/* Ends all children of this process, and returns how many there were. */
unsigned int tracee_end_children(void);

#endif /* FAULTS_TRACEE_H */
