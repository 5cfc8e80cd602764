/* SPDX-License-Identifier: BSD-3-Clause */
/* A pointer is freed into a page of the pool that no block was ever in. */
#include "misuse.h"

int
main(void)
{
	const struct vmmalloc_host *host = vmmalloc_host_get();

	free(misuse_hide((char *)host->pool_base + host->pool_size - 4096));
	return misuse_end();
}
