/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes that share blocks with the pool's file; see sharers.h. */
#include "config.h"

#include "core/sharers.h"

#include "base/hot.h"

#include "os/file.h"
#include "os/memory.h"
#include "os/process.h"

static unsigned int n_children;
static unsigned int n_parents; /* 1 if the pool is a copy that shares blocks */
static struct vmm_os_file marker VMM_HOT_DATA = {
	.fd = -1
}; /* open if every child counted has it mapped */

unsigned int
vmm_sharers_count(void)
{
	if (n_children > 0 && vmm_os_marker_is_free(&marker)) {
		vmm_os_file_close(&marker);
		n_children = 0;
	}
	return n_children + n_parents;
}

void *
vmm_sharers_begin(void)
{
	void *mark = NULL;

	if (n_children++ == 0 && vmm_os_marker_create(&marker) != 0)
		marker = VMM_OS_NO_FILE;
	if (marker.fd >= 0)
		mark = vmm_os_map_file(
			NULL, vmm_os_page_size(), &marker, 0, VMM_OS_SHARED);
	if (mark == NULL) /* nothing will tell when this child ends */
		vmm_os_file_close(&marker);
	return mark;
}

void
vmm_sharers_end(void *mark)
{
	if (mark != NULL)
		vmm_os_unmap(mark, vmm_os_page_size());
}

void
vmm_sharers_forget(void)
{
	vmm_os_file_close_in_child(&marker);
	n_children = 0;
	n_parents = 0;
}

void
vmm_sharers_adopt(void)
{
	n_parents = 1;
}
