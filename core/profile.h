/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The heap profile: a layer between the table and the backend, which is there
 * only if VMMALLOC_PROFILE is set. Without it no call does anything for it.
 */
#ifndef VMM_PROFILE_H
#define VMM_PROFILE_H

struct vmm_config;
struct vmmalloc_backend;

/*
 * If a profile is wanted, puts the layer's functions into the backend's table.
 * To be called once, from the constructor, when the backend has started and
 * before the program's calls go to it; may allocate.
 */
void vmm_profile_init(
	const struct vmm_config *config, struct vmmalloc_backend *backend);

#endif /* VMM_PROFILE_H */
