/* SPDX-License-Identifier: BSD-3-Clause */
/* The symbols and libraries of an ELF file of this machine's class. */
#ifndef VMM_ELF_FILE_H
#define VMM_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_elf {
	const unsigned char *data; /* the file, mapped */
	size_t size;
	const char *interpreter; /* PT_INTERP; NULL: none */
	size_t tls;		 /* bytes of its thread-local storage */
};

/* Returns 0, or -1 with errno; ENOEXEC for a file of another kind. */
int vmm_elf_open(struct vmm_elf *elf, const char *path);
void vmm_elf_close(struct vmm_elf *elf);

/* Whether it defines a global or local function or object of this name. */
bool vmm_elf_defines(const struct vmm_elf *elf, const char *name);

bool vmm_elf_has_section(const struct vmm_elf *elf, const char *name);

/*
 * Calls each(arg, NAME, ADDRESS, SIZE) for each function that the file defines,
 * perhaps more than once. Addresses are those of the file, and sizes may be 0.
 */
void vmm_elf_list_functions(const struct vmm_elf *elf,
	void (*each)(
		void *arg, const char *name, uint64_t address, uint64_t size),
	void *arg);

/* The address, in the file, of what is at this offset of it; 0: none. */
uint64_t vmm_elf_address_of(const struct vmm_elf *elf, uint64_t offset);

/* The build ID in hexadecimal, for free(3), or NULL. */
char *vmm_elf_build_id(const struct vmm_elf *elf);

#endif /* VMM_ELF_FILE_H */
