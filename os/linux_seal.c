/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: read-only data of the library; see os/seal.h. */
#include "config.h"

#include "os/seal.h"

#include "base/checked.h"
#include "base/hot.h"
#include "base/linux_sys.h"
#include "base/log.h"

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/auxv.h>

/* From the linker: the start of the file that this is linked into. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static bool is_open VMM_HOT_DATA;

/* The part of the file with a type and, if that is PT_LOAD, its start. */
static const ElfW(Phdr) * find_part(ElfW(Word) type)
{
	const ElfW(Phdr) *part = (const void *)((const char *)&__ehdr_start +
		__ehdr_start.e_phoff);

	for (unsigned int i = 0; i < __ehdr_start.e_phnum; i++)
		if (part[i].p_type == type &&
			(type != PT_LOAD || part[i].p_offset == 0))
			return &part[i];
	return NULL;
}

/*
 * The whole pages of what the dynamic linker has made read-only: none, if it
 * was linked for smaller pages than this machine's, or without such data.
 */
static int
set_rights(int rights)
{
	const ElfW(Phdr) *first = find_part(PT_LOAD);
	const ElfW(Phdr) *relro = find_part(PT_GNU_RELRO);
	size_t page = (size_t)getauxval(AT_PAGESZ);
	size_t from, to;
	char *base;

	if (first == NULL || relro == NULL)
		return 0;
	base = (char *)(uintptr_t)&__ehdr_start - first->p_vaddr;
	from = vmm_align_down(relro->p_vaddr, page);
	to = vmm_align_down(relro->p_vaddr + relro->p_memsz, page);
	return from < to ? vmm_sys_mprotect(base + from, to - from, rights) : 0;
}

void
vmm_os_unseal(void)
{
	if (is_open)
		return;
	is_open = true;
	if (set_rights(PROT_READ | PROT_WRITE) != 0)
		vmm_fatal("cannot make the library's data writable (mprotect: "
			  "error %d)",
			errno);
}

void
vmm_os_seal(void)
{
	set_rights(PROT_READ);
}
