/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the head of a program file; see program_file.h. */
#include "config.h"

#include "cli/program_file.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define OUR_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* As the kernel does: "#!", blanks, then a path up to the next blank. */
static void
read_script(const char *text, struct vmm_file *file)
{
	size_t n;

	text += 2;
	text += strspn(text, " \t");
	n = strcspn(text, " \t\r\n");
	memcpy(file->interpreter, text, n);
	file->interpreter[n] = '\0';
	file->kind = VMM_FILE_SCRIPT;
}

static int
read_elf(int fd, const unsigned char *head, size_t size, struct vmm_file *file)
{
	ElfW(Ehdr) elf;

	/* e_machine has the same offset in both classes. */
	if (size < sizeof(elf)) {
		errno = ENOEXEC;
		return -1;
	}
	memcpy(&elf, head, sizeof(elf));
	file->kind = VMM_FILE_ELF;
	file->class = elf.e_ident[EI_CLASS];
	file->machine = elf.e_machine;
	if (file->class != OUR_CLASS)
		return 0;
	for (unsigned int i = 0; i < elf.e_phnum; i++) {
		ElfW(Phdr) part;
		uint64_t at = elf.e_phoff + (uint64_t)i * elf.e_phentsize;

		if (pread(fd, &part, sizeof(part), (off_t)at) !=
			(ssize_t)sizeof(part)) {
			errno = ENOEXEC;
			return -1;
		}
		if (part.p_type == PT_INTERP)
			file->has_loader = true;
	}
	return 0;
}

int
vmm_file_read(const char *path, struct vmm_file *file)
{
	char head[PATH_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = 0;
	ssize_t n;

	memset(file, 0, sizeof(*file));
	if (fd < 0)
		return -1;
	n = read(fd, head, sizeof(head) - 1);
	if (n < 0) {
		result = -1;
		goto out_close;
	}
	head[n] = '\0';
	file->kind = VMM_FILE_OTHER;
	if (n > SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		result = read_elf(
			fd, (const unsigned char *)head, (size_t)n, file);
	else if (head[0] == '#' && head[1] == '!')
		read_script(head, file);
out_close:
	close(fd);
	return result;
}
