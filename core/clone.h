/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A copy of the pool for a forked child: in a file of its own, or in private
 * memory where there can be no file. Storage is reserved first, while fork()
 * can still fail; the contents are copied at the last moment; the child then
 * adopts the copy. No allocation here; the caller holds the pool's lock.
 */
#ifndef VMM_CLONE_H
#define VMM_CLONE_H

#include "core/os.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_clone {
	bool is_open;
	bool is_reflink; /* shares the pool file's blocks: nothing to copy */
	int fd;		 /* -1: in memory */
	struct vmm_os_file_id file_id;
	char *map; /* of a copy in memory */
	size_t size;
	size_t granule; /* bytes, of the file */
};

/*
 * Opens a copy of size bytes as an unlinked file in dir. pool_fd is the pool's
 * own file: where the file system can share its blocks, and has room to unshare
 * used bytes later, that is done. 0, or -1 with errno.
 */
int vmm_clone_open_file(struct vmm_clone *clone, const char *dir, size_t size,
	int pool_fd, size_t used);

/* Opens a copy in private memory. 0, or -1 with errno. */
int vmm_clone_open_memory(struct vmm_clone *clone, size_t size);

/* Makes sure that the range can be copied later. 0, or -1 with errno. */
int vmm_clone_reserve(struct vmm_clone *clone, size_t offset, size_t size);

/* Copies size bytes at from to the copy's offset. 0, or -1 with errno. */
int vmm_clone_copy(
	struct vmm_clone *clone, const char *from, size_t offset, size_t size);

/* Shares the blocks of the pool file as it is now. 0, or -1 with errno. */
int vmm_clone_refresh(struct vmm_clone *clone, int pool_fd);

/*
 * In the child: puts the copy in the place of the mapping at base. 0, or -1
 * with errno.
 */
int vmm_clone_adopt(struct vmm_clone *clone, char *base);

/* In the parent: gives the copy up. */
void vmm_clone_close(struct vmm_clone *clone);

#endif /* VMM_CLONE_H */
