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
#include <stdio.h>
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

static void
list_table(const struct vmm_elf *elf, const ElfW(Shdr) * table,
	void (*each)(
		void *arg, const char *name, uint64_t address, uint64_t size),
	void *arg)
{
	ElfW(Shdr) strings;
	ElfW(Sym) symbol;

	if (!get_section(elf, table->sh_link, &strings))
		return;
	for (uint64_t i = 0; i < table->sh_size / sizeof(symbol) &&
		get(elf, table->sh_offset, i, &symbol, sizeof(symbol));
		i++) {
		/* the type is in the same bits for both classes */
		unsigned int type = ELF32_ST_TYPE(symbol.st_info);
		const char *name;

		if (symbol.st_shndx == SHN_UNDEF ||
			(type != STT_FUNC && type != STT_GNU_IFUNC))
			continue;
		name = get_string(
			elf, (uint64_t)strings.sh_offset + symbol.st_name);
		if (name != NULL && name[0] != '\0')
			each(arg, name, symbol.st_value, symbol.st_size);
	}
}

void
vmm_elf_list_functions(const struct vmm_elf *elf,
	void (*each)(
		void *arg, const char *name, uint64_t address, uint64_t size),
	void *arg)
{
	ElfW(Shdr) section;

	for (unsigned int i = 0; get_section(elf, i, &section); i++) {
		if (section.sh_type == SHT_DYNSYM ||
			section.sh_type == SHT_SYMTAB)
			list_table(elf, &section, each, arg);
	}
}

uint64_t
vmm_elf_address_of(const struct vmm_elf *elf, uint64_t offset)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;

	if (!get(elf, 0, 0, &head, sizeof(head)))
		return 0;
	for (unsigned int i = 0; i < head.e_phnum &&
		get(elf, head.e_phoff, i, &part, sizeof(part));
		i++) {
		if (part.p_type == PT_LOAD &&
			offset - part.p_offset < part.p_filesz)
			return offset - part.p_offset + part.p_vaddr;
	}
	return 0;
}

/* The note in a segment: its head, a name, and the ID. */
static char *
find_build_id(const struct vmm_elf *elf, const ElfW(Phdr) * part)
{
	uint64_t at = part->p_offset, end = at + part->p_filesz;
	ElfW(Nhdr) note;
	char *text = NULL;
	size_t length;

	while (text == NULL && at < end &&
		get(elf, at, 0, &note, sizeof(note))) {
		uint64_t id = at + sizeof(note) + ((note.n_namesz + 3u) & ~3u);

		at = id + ((note.n_descsz + 3u) & ~3u);
		if (note.n_type != NT_GNU_BUILD_ID || id > elf->size ||
			note.n_descsz > elf->size - id)
			continue;
		FILE *stream = open_memstream(&text, &length);

		for (uint32_t i = 0; stream != NULL && i < note.n_descsz; i++)
			fprintf(stream, "%02x", elf->data[id + i]);
		if (stream != NULL)
			fclose(stream);
	}
	return text;
}

char *
vmm_elf_build_id(const struct vmm_elf *elf)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;
	char *id = NULL;

	if (!get(elf, 0, 0, &head, sizeof(head)))
		return NULL;
	for (unsigned int i = 0; id == NULL && i < head.e_phnum &&
		get(elf, head.e_phoff, i, &part, sizeof(part));
		i++) {
		if (part.p_type == PT_NOTE)
			id = find_build_id(elf, &part);
	}
	return id;
}
