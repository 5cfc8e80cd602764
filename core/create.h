/* SPDX-License-Identifier: BSD-3-Clause */
/* Creating the pool, and all that exists before there is a backend. */
#ifndef VMM_CREATE_H
#define VMM_CREATE_H

struct vmm_config;
struct vmm_parts;
struct vmmalloc_backend;
struct vmmalloc_host;

/*
 * Reads the environment and creates the pool, with the bootstrap region at its
 * start, and the table for the backend. Ends the process with one line if that
 * fails. Allocates nothing. The backend is read at fork time.
 */
void vmm_create_pool(struct vmm_config *config, struct vmm_parts *parts,
	const struct vmmalloc_backend *backend, struct vmmalloc_host *host);

#endif /* VMM_CREATE_H */
