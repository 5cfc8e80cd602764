/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many other processes may have a file that shares blocks with the pool's:
 * children whose copy of the pool was made so, and a parent. Each such child
 * inherits a mapping of a marker, as do its own children, which tells that some
 * of them still live. A process that executes another program loses both.
 *
 * No allocation here. The caller holds the lock around the pool exclusively, or
 * is the only thread.
 */
#ifndef VMM_SHARERS_H
#define VMM_SHARERS_H

/*
 * At most this many: the children since the last time that none of them was
 * alive, and the parent.
 */
unsigned int vmm_sharers_count(void);

/*
 * Counts one more child, which is made next. Returns the mapping that it must
 * inherit; or NULL, and then it is counted for the life of this process.
 */
void *vmm_sharers_begin(void);

/* In the parent, once the child is made or has failed; mark may be NULL. */
void vmm_sharers_end(void *mark);

/*
 * In the child: forgets the parent's other children, and then counts the
 * parent, if they share blocks.
 */
void vmm_sharers_forget(void);
void vmm_sharers_adopt(void);

#endif /* VMM_SHARERS_H */
