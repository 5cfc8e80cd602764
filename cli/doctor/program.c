/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of the program: whether its heap would be in the pool. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/elf_file.h"
#include "cli/doctor/linked.h"
#include "cli/preload.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>

#define ADD(id, result, ...)                               \
	vmm_findings_add(&doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

/* Symbols that a sanitizer's runtime exports, as a library or in the program.
 */
static const char *const sanitizer_symbols[] = { "__asan_init", "__hwasan_init",
	"__msan_init", "__tsan_init", NULL };
static const char *const sanitizer_libraries[] = { "libasan.so", "libhwasan.so",
	"libtsan.so", "libclang_rt.asan", "libclang_rt.hwasan",
	"libclang_rt.msan", "libclang_rt.tsan", NULL };

static const char *const allocator_libraries[] = { "libjemalloc.so",
	"libtcmalloc", "libmimalloc", "libtbbmalloc_proxy", "libsnmalloc",
	"librpmalloc", "libhardened_malloc", "libscudo", "libhoard", "libumem",
	"libefence", "libduma", "libdmalloc", NULL };

/* Names under which programs have an allocator beside the system's malloc. */
static const char *const allocator_symbols[] = { "_rjem_malloc", "je_malloc",
	"mi_malloc", "tc_malloc", "nedmalloc", "rpmalloc", NULL };

static const char *
find_symbol(const struct vmm_elf *elf, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++) {
		if (vmm_elf_defines(elf, names[i]))
			return names[i];
	}
	return NULL;
}

static void
check_sanitizer(struct vmm_doctor *doctor, const struct vmm_elf *elf,
	const struct vmm_linked *linked)
{
	const char *library = vmm_linked_match(linked, sanitizer_libraries);
	const char *symbol = find_symbol(elf, sanitizer_symbols);

	if (library != NULL)
		ADD(SANITIZER, ERROR,
			"it is linked with %s, which has a malloc of its own: "
			"it does not start",
			library);
	else if (symbol != NULL)
		ADD(SANITIZER, ERROR,
			"it has a sanitizer's runtime (%s) in it: its heap is "
			"not in the pool",
			symbol);
	else
		ADD(SANITIZER, OK, "none");
}

static void
check_own_malloc(struct vmm_doctor *doctor, const struct vmm_elf *elf)
{
	const char *symbol = find_symbol(elf, allocator_symbols);

	if (vmm_elf_defines(elf, "malloc"))
		ADD(OWN_MALLOC, ERROR,
			"the program defines malloc, which is used instead of "
			"the library's");
	else if (vmm_elf_has_section(elf, ".go.buildinfo"))
		ADD(OWN_MALLOC, WARNING,
			"a program in Go: its own heap is not in the pool");
	else if (symbol != NULL)
		ADD(OWN_MALLOC, WARNING,
			"the program has an allocator in it (%s): what comes "
			"from that is not in the pool",
			symbol);
	else
		ADD(OWN_MALLOC, OK, "it defines no malloc");
}

/* Shells, whose scripts often do nothing but start another program. */
static const char *const shells[] = { "ash", "bash", "busybox", "dash", "ksh",
	"mksh", "sh", "zsh", NULL };

static void
check_script(struct vmm_doctor *doctor, const char *interpreter)
{
	const char *slash = strrchr(interpreter, '/');
	const char *name = slash != NULL ? slash + 1 : interpreter;

	for (size_t i = 0; shells[i] != NULL; i++) {
		if (strcmp(name, shells[i]) != 0)
			continue;
		ADD(SCRIPT, WARNING,
			"a script: its interpreter %s is examined, and not the "
			"programs that it starts",
			interpreter);
		return;
	}
	ADD(SCRIPT, OK, "a script, of %s", interpreter);
}

static void
check_allocators(struct vmm_doctor *doctor, const struct vmm_linked *linked)
{
	const char *library = vmm_linked_match(linked, allocator_libraries);

	if (linked->n == 0)
		return;
	if (library == NULL)
		ADD(OTHER_ALLOCATOR, OK, "none of %zu libraries", linked->n);
	else if (strstr(library, "/libjemalloc.so") != NULL &&
		doctor->backend != NULL &&
		strcmp(doctor->backend, "jemalloc") == 0)
		ADD(OTHER_ALLOCATOR, OK, "%s, which the backend uses as well",
			library);
	else
		ADD(OTHER_ALLOCATOR, WARNING,
			"it is loaded with %s: blocks that C++ or that "
			"library's own functions allocate are not in the pool",
			library);
}

void
vmm_doctor_check_program(struct vmm_doctor *doctor)
{
	struct vmm_linked linked = { NULL, 0 };
	struct vmm_elf elf;
	char *path, *file;
	int status;

	if (doctor->library == NULL)
		return;
	free(vmm_complaint_take());
	status = vmm_preload_check(doctor->program, doctor->library, &path);
	if (status != 0) {
		vmm_doctor_add_complaint(&doctor->findings,
			status == VMM_EXIT_RUN_FAILED ? VMM_FIND_PRELOAD
						      : VMM_FIND_PROGRAM,
			VMM_RESULT_ERROR);
		return;
	}
	file = vmm_preload_find_elf(path);
	ADD(PROGRAM, OK, "%s", path);
	if (file != NULL && strcmp(file, path) != 0)
		check_script(doctor, file);
	free(path);
	if (file == NULL || vmm_elf_open(&elf, file) != 0) {
		ADD(PRELOAD, WARNING, "the program cannot be read");
		free(file);
		return;
	}
	ADD(PRELOAD, OK, "%s can be preloaded into %s", doctor->library, file);
	if (elf.interpreter != NULL)
		vmm_linked_find(&linked, elf.interpreter, file);
	check_sanitizer(doctor, &elf, &linked);
	check_own_malloc(doctor, &elf);
	check_allocators(doctor, &linked);
	vmm_linked_free(&linked);
	vmm_elf_close(&elf);
	free(file);
}
