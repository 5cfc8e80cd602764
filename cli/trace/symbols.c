/* SPDX-License-Identifier: BSD-3-Clause */
/* Names from libdw; see symbols.h. */
#include "config.h"

#include "cli/trace/symbols.h"

#include "cli/cli.h"
#include "cli/function_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ELFUTILS_LIBDWFL_H
#include <dlfcn.h>
#include <elf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <unistd.h>

#define FUNCTIONS(X)                    \
	X(dwfl_begin)                   \
	X(dwfl_build_id_find_elf)       \
	X(dwfl_end)                     \
	X(dwfl_lineinfo)                \
	X(dwfl_module_addrinfo)         \
	X(dwfl_module_build_id)         \
	X(dwfl_module_getelf)           \
	X(dwfl_module_getsrc)           \
	X(dwfl_offline_section_address) \
	X(dwfl_report_end)              \
	X(dwfl_report_offline)          \
	X(dwfl_standard_find_debuginfo)

#define DECLARE(name) __typeof__(&name) name;
static struct {
	FUNCTIONS(DECLARE)
} dw;

/* A file, by the first module that has it. */
struct object {
	Dwfl *dwfl;
	Dwfl_Module *module;
	GElf_Addr bias;
	Elf64_Phdr *segments;
	size_t n_segments;
};

static bool
load_library(void)
{
	void *library = dlopen("libdw.so.1", RTLD_NOW);

	if (library == NULL) {
		vmm_complain("no names of functions: %s", dlerror());
		return false;
	}
#define LOAD(name)                                                \
	dw.name = (__typeof__(&name))dlsym(library, #name);       \
	if (dw.name == NULL) {                                    \
		vmm_complain("no names of functions: libdw.so.1 " \
			     "has no " #name);                    \
		return false;                                     \
	}
	FUNCTIONS(LOAD)
	return true;
}

/* Reads the program header, which says what is mapped where. */
static bool
read_segments(struct object *object, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr head;
	size_t size;
	bool result = false;

	if (fd < 0)
		return false;
	if (pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
		memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
		head.e_ident[EI_CLASS] == ELFCLASS64 &&
		head.e_phentsize == sizeof(Elf64_Phdr) && head.e_phnum > 0) {
		object->n_segments = head.e_phnum;
		size = object->n_segments * sizeof(Elf64_Phdr);
		object->segments =
			vmm_array_new(object->n_segments, sizeof(Elf64_Phdr));
		result = pread(fd, object->segments, size,
				 (off_t)head.e_phoff) == (ssize_t)size;
	}
	close(fd);
	return result;
}

/* Whether the file is the one that was recorded. */
static bool
is_same(const struct object *object, const struct vmm_trace_module *module)
{
	const unsigned char *bits;
	GElf_Addr at;
	int n = dw.dwfl_module_build_id(object->module, &bits, &at);

	if (module->build_id[0] == '\0' || n <= 0)
		return true;
	for (int i = 0; i < n && module->build_id[2 * i] != '\0'; i++) {
		unsigned int byte = 256;

		if (sscanf(module->build_id + 2 * i, "%2x", &byte) != 1 ||
			byte != bits[i])
			return false;
	}
	return true;
}

/* Opens the file. object->module is NULL if that fails. */
static void
open_object(struct object *object, const struct vmm_trace_module *module)
{
	static char *debug_path; /* the standard one */
	static const Dwfl_Callbacks none;
	static Dwfl_Callbacks callbacks;

	callbacks = none;
	callbacks.find_elf = dw.dwfl_build_id_find_elf;
	callbacks.find_debuginfo = dw.dwfl_standard_find_debuginfo;
	callbacks.section_address = dw.dwfl_offline_section_address;
	callbacks.debuginfo_path = &debug_path;
	if (module->path[0] != '/' || !read_segments(object, module->path))
		return;
	object->dwfl = dw.dwfl_begin(&callbacks);
	if (object->dwfl == NULL)
		return;
	object->module =
		dw.dwfl_report_offline(object->dwfl, "", module->path, -1);
	dw.dwfl_report_end(object->dwfl, NULL, NULL);
	if (object->module == NULL ||
		dw.dwfl_module_getelf(object->module, &object->bias) == NULL) {
		object->module = NULL;
		return;
	}
	if (is_same(object, module))
		return;
	vmm_complain("no names of functions in '%s': the file has changed "
		     "since it was recorded",
		module->path);
	object->module = NULL;
}

static void
close_object(struct object *object)
{
	if (object->dwfl != NULL)
		dw.dwfl_end(object->dwfl);
	free(object->segments);
}

/* The address for libdw of the call before this address; 0: none. */
static GElf_Addr
get_address(const struct object *object, const struct vmm_trace_module *module,
	uint64_t address)
{
	uint64_t offset = address - 1 - module->start + module->offset;

	for (size_t i = 0; i < object->n_segments; i++) {
		const Elf64_Phdr *segment = &object->segments[i];

		if (segment->p_type == PT_LOAD && offset >= segment->p_offset &&
			offset - segment->p_offset < segment->p_filesz)
			return offset - segment->p_offset + segment->p_vaddr +
				object->bias;
	}
	return 0;
}

static void
find_one(const struct object *object, const struct vmm_trace_module *module,
	struct vmm_trace_location *location)
{
	GElf_Addr address = get_address(object, module, location->address);
	const char *name, *file;
	GElf_Off offset;
	GElf_Sym symbol;
	Dwfl_Line *line;

	if (address == 0)
		return;
	name = dw.dwfl_module_addrinfo(
		object->module, address, &offset, &symbol, NULL, NULL, NULL);
	if (name != NULL)
		location->function = vmm_function_name(name);
	line = dw.dwfl_module_getsrc(object->module, address);
	file = line != NULL ? dw.dwfl_lineinfo(line, NULL, &location->line,
				      NULL, NULL, NULL)
			    : NULL;
	if (file != NULL)
		location->file = vmm_text("%s", file);
}

/* All locations in modules of this path. */
static void
find_in_file(struct vmm_trace_stacks *stacks, size_t first)
{
	const char *path = stacks->modules[first].path;
	struct object object = { .dwfl = NULL };

	open_object(&object, &stacks->modules[first]);
	for (uint32_t i = 0; object.module != NULL && i < stacks->n_locations;
		i++) {
		struct vmm_trace_location *location = &stacks->locations[i];

		if (location->module < stacks->n_modules &&
			strcmp(stacks->modules[location->module].path, path) ==
				0)
			find_one(&object, &stacks->modules[location->module],
				location);
	}
	close_object(&object);
}

static bool
is_first(const struct vmm_trace_stacks *stacks, size_t module)
{
	for (size_t i = 0; i < module; i++) {
		if (strcmp(stacks->modules[i].path,
			    stacks->modules[module].path) == 0)
			return false;
	}
	return true;
}

static bool
is_used(const struct vmm_trace_stacks *stacks, size_t module)
{
	for (uint32_t i = 0; i < stacks->n_locations; i++) {
		size_t other = stacks->locations[i].module;

		if (other < stacks->n_modules &&
			strcmp(stacks->modules[other].path,
				stacks->modules[module].path) == 0)
			return true;
	}
	return false;
}

void
vmm_trace_symbols_find(struct vmm_trace_stacks *stacks)
{
	if (stacks->n_locations == 0 || !load_library())
		return;
	for (size_t i = 0; i < stacks->n_modules; i++) {
		if (is_first(stacks, i) && is_used(stacks, i))
			find_in_file(stacks, i);
	}
}
#else
void
vmm_trace_symbols_find(struct vmm_trace_stacks *stacks)
{
	(void)stacks;
}
#endif

char *
vmm_trace_symbols_describe(const struct vmm_trace_stacks *stacks,
	const struct vmm_trace_location *location)
{
	const struct vmm_trace_module *module =
		location->module < stacks->n_modules
		? &stacks->modules[location->module]
		: NULL;
	const char *slash;

	if (location->function != NULL)
		return vmm_text("%s", location->function);
	if (module == NULL)
		return vmm_text("0x%" PRIx64, location->address);
	slash = strrchr(module->path, '/');
	return vmm_text("%s+0x%" PRIx64,
		slash != NULL ? slash + 1 : module->path,
		location->address - module->start + module->offset);
}
