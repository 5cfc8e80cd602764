/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading an ELF file; see elf_file.h. The file may be broken in any way: each
 * offset is checked, and structs are copied because they need not be aligned.
 */
#include "config.h"

#include "cli/doctor/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUR_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* Copies an entry of a table. Returns false if it is outside of the file. */
static bool
get(const struct vmm_elf *elf, uint64_t offset, uint64_t i, void *to,
	size_t size)
{
	if (offset > elf->size || size > elf->size - offset ||
		i > (elf->size - offset - size) / size)
		return false;
	memcpy(to, elf->data + offset + i * size, size);
	return true;
}

/* The string at the offset; NULL if it does not end in the file. */
static const char *
get_string(const struct vmm_elf *elf, uint64_t offset)
{
	if (offset >= elf->size ||
		memchr(elf->data + offset, '\0', elf->size - offset) == NULL)
		return NULL;
	return (const char *)elf->data + offset;
}

static void
read_segments(struct vmm_elf *elf, const ElfW(Ehdr) * head)
{
	ElfW(Phdr) part;

	for (unsigned int i = 0; i < head->e_phnum &&
		get(elf, head->e_phoff, i, &part, sizeof(part));
		i++) {
		if (part.p_type == PT_INTERP)
			elf->interpreter = get_string(elf, part.p_offset);
		if (part.p_type == PT_TLS)
			elf->tls = (size_t)part.p_memsz;
	}
}

int
vmm_elf_open(struct vmm_elf *elf, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ElfW(Ehdr) head;
	struct stat st;
	void *data;

	memset(elf, 0, sizeof(*elf));
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof(head)) {
		close(fd);
		errno = ENOEXEC;
		return -1;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return -1;
	elf->data = data;
	elf->size = (size_t)st.st_size;
	memcpy(&head, data, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
		head.e_ident[EI_CLASS] != OUR_CLASS) {
		vmm_elf_close(elf);
		errno = ENOEXEC;
		return -1;
	}
	read_segments(elf, &head);
	return 0;
}

void
vmm_elf_close(struct vmm_elf *elf)
{
	munmap((void *)(uintptr_t)elf->data, elf->size);
}

static bool
get_section(const struct vmm_elf *elf, unsigned int i, ElfW(Shdr) * section)
{
	ElfW(Ehdr) head;

	return get(elf, 0, 0, &head, sizeof(head)) && i < head.e_shnum &&
		get(elf, head.e_shoff, i, section, sizeof(*section));
}

static bool
table_defines(
	const struct vmm_elf *elf, const ElfW(Shdr) * table, const char *name)
{
	ElfW(Shdr) strings;
	ElfW(Sym) symbol;

	if (!get_section(elf, table->sh_link, &strings))
		return false;
	for (uint64_t i = 0; i < table->sh_size / sizeof(symbol) &&
		get(elf, table->sh_offset, i, &symbol, sizeof(symbol));
		i++) {
		const char *found;

		if (symbol.st_shndx == SHN_UNDEF)
			continue;
		found = get_string(
			elf, (uint64_t)strings.sh_offset + symbol.st_name);
		if (found != NULL && strcmp(found, name) == 0)
			return true;
	}
	return false;
}

bool
vmm_elf_defines(const struct vmm_elf *elf, const char *name)
{
	ElfW(Shdr) section;

	for (unsigned int i = 0; get_section(elf, i, &section); i++) {
		if ((section.sh_type == SHT_DYNSYM ||
			    section.sh_type == SHT_SYMTAB) &&
			table_defines(elf, &section, name))
			return true;
	}
	return false;
}

bool
vmm_elf_has_section(const struct vmm_elf *elf, const char *name)
{
	ElfW(Shdr) section, names;
	ElfW(Ehdr) head;

	if (!get(elf, 0, 0, &head, sizeof(head)) ||
		!get_section(elf, head.e_shstrndx, &names))
		return false;
	for (unsigned int i = 0; get_section(elf, i, &section); i++) {
		const char *found = get_string(
			elf, (uint64_t)names.sh_offset + section.sh_name);

		if (found != NULL && strcmp(found, name) == 0)
			return true;
	}
	return false;
}
