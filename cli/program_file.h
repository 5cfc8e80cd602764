/* SPDX-License-Identifier: BSD-3-Clause */
/* The properties of a program file that matter for preloading. */
#ifndef VMM_PROGRAM_FILE_H
#define VMM_PROGRAM_FILE_H

#include <limits.h>
#include <stdbool.h>

enum vmm_file_kind {
	VMM_FILE_ELF,
	VMM_FILE_SCRIPT, /* starts with #! */
	VMM_FILE_OTHER,	 /* execvp runs it with /bin/sh */
};

struct vmm_file {
	enum vmm_file_kind kind;
	char interpreter[PATH_MAX]; /* of a script */
	/* Of an ELF file: */
	unsigned int class;   /* ELFCLASS32 or ELFCLASS64 */
	unsigned int machine; /* EM_* of elf.h */
	bool has_loader;      /* PT_INTERP; set only if the class is ours */
};

/* Returns 0, or -1 with errno; ENOEXEC for a broken ELF file. */
int vmm_file_read(const char *path, struct vmm_file *file);

#endif /* VMM_PROGRAM_FILE_H */
