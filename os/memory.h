/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The platform: address space, and the memory behind it. All functions but the
 * one that maps a file work by address alone, so that no descriptor is needed
 * in steady state. Sizes are in bytes; addresses and sizes are multiples of a
 * page. Functions return 0, or -1 with errno; none of them allocates. All are
 * thread-safe and may be called in a forked child.
 */
#ifndef VMM_OS_MEMORY_H
#define VMM_OS_MEMORY_H

#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Reserves address space, aligned to align (a power of two), or to less if
 * there is not enough address space for that. All accesses fault, also to the
 * 2 MiB before it and behind it, or to one page if there is not enough address
 * space. NULL with ENOMEM if there is none.
 */
void *vmm_os_reserve(size_t size, size_t align);

/* Makes a range inaccessible, and releases the memory behind it. */
int vmm_os_unback(void *addr, size_t size);

/* Zeroed private memory, backed page by page as it is touched; or NULL. */
void *vmm_os_map_anon(size_t size);

/* The same, replacing what is mapped at addr. */
int vmm_os_map_zero(void *addr, size_t size);

void vmm_os_unmap(void *addr, size_t size);

enum vmm_os_sharing { VMM_OS_SHARED, VMM_OS_PRIVATE };

/*
 * Maps the file from offset on, replacing what is mapped at addr, or anywhere
 * if addr is NULL. NULL with errno: EBADF if the descriptor is another file's.
 * In that case what was mapped at addr is gone, and accesses fault.
 */
void *vmm_os_map_file(void *addr, size_t size, const struct vmm_os_file *file,
	off_t offset, enum vmm_os_sharing sharing);

/*
 * Maps more of the file behind a shared mapping, without a descriptor: size
 * bytes at addr, from this offset on. first is an address that maps the file
 * from offset 0 on.
 */
int vmm_os_map_more(void *first, size_t offset, void *addr, size_t size);

/* A second, readable and writable view of a shared mapping; or NULL. */
void *vmm_os_map_again(void *addr, size_t size);

/*
 * Moves the mapping [from, from + size) to the address to, replacing what is
 * there.
 */
int vmm_os_move(void *from, size_t size, void *to);

/*
 * Whether size bytes of the file can be mapped as private memory, from offset
 * on. To be asked before such a mapping replaces another one, which may be lost
 * if the kernel refuses the new one. errno is set if not.
 */
bool vmm_os_can_map_private(
	size_t size, const struct vmm_os_file *file, off_t offset);

/*
 * Backs all of [addr, addr + size), so that touching it cannot fail. -1 with
 * ENOMEM if there is no memory: part of it may then be backed. -1 with ENOSYS
 * if the kernel cannot do it or does not say (before Linux 5.14, emulators,
 * sandboxes).
 */
int vmm_os_populate(void *addr, size_t size);

/*
 * Copies size bytes to a mapping of this process, and backs its pages. -1 with
 * ENOMEM if there is no memory for one of them; with ENOSYS if the kernel or a
 * sandbox does not do it.
 */
int vmm_os_copy(void *to, const void *from, size_t size);

/*
 * As vmm_os_populate, with one huge page, which covers exactly [addr, addr +
 * size). What the range holds stays as it is; is_hole says that none of it is
 * backed. Then the page at seed, in bytes from addr, names the memory node. -1
 * if there is no huge page: at most that page has then been backed.
 */
int vmm_os_populate_huge(void *addr, size_t size, bool is_hole, size_t seed);

/*
 * Whether the kernel may read more of a mapped file than what is touched. It
 * may when the file is mapped.
 */
void vmm_os_allow_read_ahead(void *addr, size_t size, bool may_read_ahead);

/*
 * Whether the kernel may back a range of private memory with huge pages when it
 * is touched. A kernel without huge pages ignores it.
 */
void vmm_os_allow_huge(void *addr, size_t size, bool may_be_huge);

/* Whether the administrator lets programs ask for transparent huge pages. */
bool vmm_os_has_huge_pages(void);

/*
 * Release the memory behind a range, which then reads as zeroes. vmm_os_punch:
 * of a shared mapping of a file; -1 with EOPNOTSUPP if the file system cannot,
 * with ENOSYS in an emulator. vmm_os_discard: of private anonymous memory.
 */
int vmm_os_punch(void *addr, size_t size);
int vmm_os_discard(void *addr, size_t size);

#endif /* VMM_OS_MEMORY_H */
