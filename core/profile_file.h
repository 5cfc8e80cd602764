/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file of the heap profile, which is written when the process exits. No
 * allocation here.
 */
#ifndef VMM_PROFILE_FILE_H
#define VMM_PROFILE_FILE_H

struct vmm_config;
struct vmmalloc_backend;

/* To be called once, if there is a profile. */
void vmm_profile_file_init(const struct vmm_config *config,
	const struct vmmalloc_backend *backend);

/*
 * Writes what the profile has now, to the file of VMMALLOC_PROFILE_FILE with
 * ".1", ".2" and so on behind its name. 0, or -1 with errno: ENOENT if there is
 * no profile, EBUSY if one is being written. Thread-safe.
 */
int vmm_profile_dump(void);

/* In a forked child: no thread is writing one. */
void vmm_profile_file_forked(void);

#endif /* VMM_PROFILE_FILE_H */
