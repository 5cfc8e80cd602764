/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The settings of memkind's memtier, as those of libvmmalloc. Its format is
 *that of memtier(7) in memkind 1.14:
 *
 *	KIND:DRAM,RATIO:1;KIND:FS_DAX,PATH:/mnt/far,RATIO:4;POLICY:STATIC_RATIO
 *
 * A tier of DRAM becomes ram, FS_DAX the directory with its limit as size, and
 * KMEM_DAX the nodes in MEMKIND_DAX_KMEM_NODES. STATIC_RATIO becomes ratio=N:N.
 */
#ifndef VMM_MEMTIER_H
#define VMM_MEMTIER_H

#define VMM_MEMTIER_VAR "MEMKIND_MEM_TIERS"

/*
 * If MEMKIND_MEM_TIERS is set, and neither VMMALLOC_TIERS nor VMMALLOC_POOL_DIR
 * is, sets VMMALLOC_TIERS and, unless it is set, VMMALLOC_PLACEMENT from it in
 * the environment of this process; for one tier without a limit,
 * VMMALLOC_POOL_DIR. Returns 0, or -1 after a complaint.
 */
int vmm_memtier_convert(void);

#endif /* VMM_MEMTIER_H */
