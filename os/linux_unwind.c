/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: frames of functions; see unwind.h. */
#include "config.h"

#include "os/unwind.h"

#include "os/seal.h"
#include "os/sealed.h"

#include <dlfcn.h>
#include <link.h>

#define UNWINDER "libgcc_s.so.1"

/* The executable segment of this library, which is never unloaded. */
static uintptr_t start, end;

static int
find_library(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t here = (uintptr_t)find_library;

	(void)size;
	(void)arg;
	for (unsigned int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_LOAD && here - from < part->p_memsz) {
			start = from;
			end = from + part->p_memsz;
			return 1;
		}
	}
	return 0;
}

int
vmm_os_unwind_init(uint32_t depth,
	uintptr_t (*value_of)(
		const struct vmm_unwind_place *places, uint32_t n))
{
	struct vmm_unwinder *unwinder = &vmm_os_sealed.unwinder;
	void *library = dlopen(UNWINDER, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		return -1;
	vmm_os_unseal();
	*unwinder = (struct vmm_unwinder){
		.backtrace = dlsym(library, "_Unwind_Backtrace"),
		.get_pc = dlsym(library, "_Unwind_GetIP"),
		.get_cfa = dlsym(library, "_Unwind_GetCFA"),
		.get_register = dlsym(library, "_Unwind_GetGR"),
		.depth = depth,
		.value_of = value_of,
	};
	dl_iterate_phdr(find_library, NULL);
	return unwinder->backtrace != NULL && unwinder->get_pc != NULL &&
			unwinder->get_cfa != NULL &&
			unwinder->get_register != NULL
		? 0
		: -1;
}

uintptr_t
vmm_os_unwind(
	struct vmm_unwind_memory *memory, const struct vmm_unwind_place *from)
{
	return vmm_unwind_find(&vmm_os_sealed.unwinder, memory, from);
}

bool
vmm_os_unwind_is_inside(uintptr_t pc)
{
	return pc >= start && pc < end;
}
