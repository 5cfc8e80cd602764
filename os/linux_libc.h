/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the platform on Linux uses of the C library past its interface; looked
 * up in its own handle by vmm_os_process_init, on a page that is read-only
 * then. NULL until then, and if there is no such thing.
 */
#ifndef VMM_LINUX_LIBC_H
#define VMM_LINUX_LIBC_H

#include "base/seal.h"

#include <time.h>

union vmm_os_libc {
	struct {
		int (*clock)(clockid_t clock, struct timespec *now);

		/* glibc's list of open streams, and its lock */
		void (*list_lock)(void);
		void (*list_unlock)(void);
		void **list_all;
	};
	char page[VMM_SEAL_ALIGN];
};

extern union vmm_os_libc vmm_os_libc __attribute__((visibility("hidden")));

#endif /* VMM_LINUX_LIBC_H */
