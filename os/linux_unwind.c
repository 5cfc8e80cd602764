/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: frames of functions; see unwind.h. */
#include "config.h"

#include "os/unwind.h"

#include "os/seal.h"
#include "os/sealed.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <unwind.h>

#define UNWINDER "libgcc_s.so.1"

typedef _Unwind_Reason_Code walk_function(
	_Unwind_Reason_Code (*step)(struct _Unwind_Context *, void *),
	void *arg);
typedef uintptr_t address_function(struct _Unwind_Context *);

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
vmm_os_unwind_init(void)
{
	void *library = dlopen(UNWINDER, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL)
		return -1;
	vmm_os_unseal();
	vmm_os_sealed.unwind = dlsym(library, "_Unwind_Backtrace");
	vmm_os_sealed.unwind_address = dlsym(library, "_Unwind_GetIP");
	dl_iterate_phdr(find_library, NULL);
	return vmm_os_sealed.unwind != NULL &&
			vmm_os_sealed.unwind_address != NULL
		? 0
		: -1;
}

struct walk {
	uintptr_t *frames;
	size_t n;
	size_t room;
};

static _Unwind_Reason_Code
step(struct _Unwind_Context *context, void *arg)
{
	address_function *address_of = vmm_os_sealed.unwind_address;
	struct walk *walk = arg;
	uintptr_t address = address_of(context);

	if (address == 0 || walk->n == walk->room)
		return _URC_END_OF_STACK;
	if (address < start || address >= end)
		walk->frames[walk->n++] = address;
	return _URC_NO_REASON;
}

size_t
vmm_os_unwind(uintptr_t *frames, size_t n)
{
	walk_function *walk = vmm_os_sealed.unwind;
	struct walk state = { .frames = frames, .room = n };

	walk(step, &state);
	return state.n;
}
