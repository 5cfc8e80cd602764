/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of the libraries behind ours; see also vmm_next_ops in ops.h. */
#ifndef VMM_NEXT_H
#define VMM_NEXT_H

/*
 * The next function of this name in the program's libraries. NULL if there is
 * none, and if this thread is already looking one up: dlsym may be another
 * library's, which may call a function that is replaced here. Thread-safe. Not
 * for the path of malloc, because dlsym may allocate.
 */
void *vmm_next(const char *name);

#endif /* VMM_NEXT_H */
