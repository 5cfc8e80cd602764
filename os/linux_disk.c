/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: files on disks; see disk.h. */
#include "config.h"

#include "os/disk.h"

#include "base/format.h"
#include "base/linux_sys.h"
#include "os/process.h"
#include "os/read.h"

#include <stdint.h>
#include <sys/sysmacros.h>

/*
 * Linux makes units of more than one page when it reads ahead, on XFS since
 * 5.18 and on ext4 since 6.16 (mm/readahead.c, page_cache_ra_order): up to the
 * read-ahead size of the device rounded down to a power of two, and at most a
 * huge page.
 */
#define UNIT_MIN ((size_t)64 << 10)
#define UNIT_MAX ((size_t)2 << 20)

bool
vmm_os_is_dax(int fd)
{
#ifdef STATX_ATTR_DAX
	struct statx st;

	return vmm_sys_statx(fd, &st) == 0 &&
		(st.stx_attributes & STATX_ATTR_DAX) != 0;
#else
	(void)fd;
	return false;
#endif
}

/* A partition has the queue of its disk. */
static bool
find_read_ahead(dev_t dev, uint64_t *kib)
{
	static const char *const names[] = { "", "../" };
	char path[96], text[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		vmm_format(path, sizeof(path),
			"/sys/dev/block/%u:%u/%squeue/read_ahead_kb",
			major(dev), minor(dev), names[i]);
		if (vmm_os_read_text(path, text, sizeof(text)) > 0) {
			*kib = vmm_os_find_number(text, "");
			return true;
		}
	}
	return false;
}

size_t
vmm_os_disk_unit(int fd)
{
	size_t unit = UNIT_MIN;
	uint64_t kib;
	struct stat st;

	if (vmm_sys_fstat(fd, &st) != 0 || !find_read_ahead(st.st_dev, &kib))
		kib = UNIT_MAX >> 10;
	while (unit < UNIT_MAX && 2 * unit <= kib << 10)
		unit *= 2;
	return unit > vmm_os_page_size() ? unit : vmm_os_page_size();
}
