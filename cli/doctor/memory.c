/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of the memory behind the pool: huge pages, and its node. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/directory.h"
#include "cli/doctor/doctor.h"
#include "libvmmalloc.h"
#include "os/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif
#define MPOL_F_NODE_ADDR 3UL /* MPOL_F_NODE | MPOL_F_ADDR of numaif.h */
#define HUGE_PAGE ((size_t)2 << 20)

#define ADD(id, result, ...)                                  \
	vmm_findings_add(&t->doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

static bool
are_wanted(void)
{
	const char *text = getenv(VMMALLOC_HUGE_PAGES_VAR);

	return text == NULL || strcmp(text, "0") != 0;
}

/*
 * Asks for one huge page of the file, at an address that fits the offset in it;
 * fd -1: of ordinary memory. 0, or an errno.
 */
static int
try_huge_page(int fd)
{
	int kind = fd >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	char *area = mmap(NULL, 2 * HUGE_PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int error = 0;
	char *start;

	if (area == MAP_FAILED)
		return errno;
	start = area + (-(uintptr_t)area & (HUGE_PAGE - 1));
	if (mmap(start, HUGE_PAGE, PROT_READ | PROT_WRITE, kind | MAP_FIXED, fd,
		    0) == MAP_FAILED) {
		error = errno;
	} else {
		*start = 1;
		if (madvise(start, HUGE_PAGE, MADV_COLLAPSE) != 0)
			error = errno;
	}
	munmap(area, 2 * HUGE_PAGE);
	return error;
}

/* Of a tmpfs, or of ordinary memory if fd is -1. */
static void
check_transparent(struct vmm_doctor *doctor, int fd)
{
	enum vmm_result result = VMM_RESULT_WARNING;
	char *text;
	int error;

	if (!are_wanted()) {
		result = VMM_RESULT_OK;
		text = vmm_text("not wanted (VMMALLOC_HUGE_PAGES=0)");
	} else if (!vmm_os_has_huge_pages()) {
		text = vmm_text("the system allows no transparent huge pages: "
				"the pool has small ones");
	} else if (prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1) {
		text = vmm_text("this process and those that it starts must "
				"not have huge pages (PR_SET_THP_DISABLE)");
	} else {
		error = try_huge_page(fd);
		if (error == 0)
			result = VMM_RESULT_OK;
		text = error == 0 ? vmm_text("huge pages of 2 MiB are possible")
			: error == EINVAL
			? vmm_text("this kernel cannot make huge pages of it "
				   "(MADV_COLLAPSE, Linux 6.1)")
			: vmm_text("the kernel made no huge page now: %s",
				  strerror(error));
	}
	vmm_findings_add(
		&doctor->findings, VMM_FIND_HUGE_PAGES, result, "%s", text);
	free(text);
}

void
vmm_doctor_check_ram(struct vmm_doctor *doctor)
{
	check_transparent(doctor, -1);
}

void
vmm_doctor_check_hugetlbfs(struct vmm_trial *t)
{
	char text[VMM_DOCTOR_BYTES];

	vmm_findings_add(&t->doctor->findings, VMM_FIND_HUGE_PAGES,
		t->free_blocks > 0 ? VMM_RESULT_OK : VMM_RESULT_ERROR,
		"hugetlbfs has %llu free pages of %s",
		(unsigned long long)t->free_blocks,
		vmm_doctor_bytes(text, t->backing.granule));
}

static void
check_huge_pages(struct vmm_trial *t)
{
	if (t->is_hugetlbfs)
		vmm_doctor_check_hugetlbfs(t);
	else if (t->is_tmpfs || !are_wanted())
		check_transparent(t->doctor, t->backing.file.fd);
	else
		ADD(HUGE_PAGES, OK,
			"the file system has none; after a fork in mode 1 "
			"ordinary memory can be in huge pages");
}

/* How many nodes of memory the machine has; 0: not known. */
static int
count_nodes(void)
{
	char path[64];
	int n = 0;

	while (n < 1024) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d",
			n);
		if (access(path, F_OK) != 0)
			break;
		n++;
	}
	return n;
}

static void
check_node(struct vmm_trial *t)
{
	int nodes = count_nodes();
	int node = -1;

	*(volatile char *)t->map = 1;
	if (nodes < 2)
		ADD(NODE, OK, "the machine has one node of memory");
	else if (syscall(SYS_get_mempolicy, &node, NULL, 0UL, t->map,
			 MPOL_F_NODE_ADDR) == 0)
		ADD(NODE, OK, "the pool's memory is on node %d of %d", node,
			nodes);
}

void
vmm_doctor_check_memory(struct vmm_trial *t)
{
	/* Without a page that is backed, an access could raise SIGBUS. */
	if (!t->is_backed)
		return;
	check_node(t);
	check_huge_pages(t);
}
