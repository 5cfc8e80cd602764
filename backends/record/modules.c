/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading /proc/self/maps and build IDs; see modules.h. */
#include "config.h"

#include "backends/record/modules.h"

#include "base/format.h"
#include "base/linux_sys.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#define ID_MAX 20 /* bytes of a build ID that are written */

struct output {
	char *text;
	size_t n;
};

/* The build ID among the notes of the file, as hexadecimal digits. */
static bool
find_note(const char *notes, size_t size, char *id)
{
	size_t at = 0;

	while (at + sizeof(ElfW(Nhdr)) <= size) {
		ElfW(Nhdr) note;
		size_t name, contents;

		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		contents = name + ((size_t)note.n_namesz + 3) / 4 * 4;
		at = contents + ((size_t)note.n_descsz + 3) / 4 * 4;
		if (at < contents || at > size)
			return false;
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
			memcmp(notes + name, "GNU", 4) != 0)
			continue;
		for (size_t i = 0; i < note.n_descsz && i < ID_MAX; i++)
			vmm_format(id + 2 * i, 3, "%x%x",
				(unsigned char)notes[contents + i] >> 4,
				(unsigned char)notes[contents + i] & 15);
		return true;
	}
	return false;
}

/* Linkers put the notes into the first page of the file. */
static void
get_build_id(const char *path, char *id)
{
	char page[4096] __attribute__((aligned(8)));
	ElfW(Ehdr) head;
	int fd = vmm_sys_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n = -1;

	strcpy(id, "-");
	if (fd >= 0) {
		n = vmm_sys_read(fd, page, sizeof(page));
		vmm_sys_close(fd);
	}
	if (n < (ssize_t)sizeof(head))
		return;
	memcpy(&head, page, sizeof(head));
	if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
		head.e_phentsize != sizeof(ElfW(Phdr)))
		return;
	for (size_t i = 0; i < head.e_phnum; i++) {
		size_t at = head.e_phoff + i * sizeof(ElfW(Phdr));
		ElfW(Phdr) segment;

		if (at + sizeof(segment) > (size_t)n)
			return;
		memcpy(&segment, page + at, sizeof(segment));
		if (segment.p_type == PT_NOTE && segment.p_offset < (size_t)n &&
			segment.p_filesz <= (size_t)n - segment.p_offset &&
			find_note(
				page + segment.p_offset, segment.p_filesz, id))
			return;
	}
}

/* Returns the byte after the number. */
static const char *
get_hex(const char *from, uint64_t *value)
{
	*value = 0;
	for (;; from++) {
		if (*from >= '0' && *from <= '9')
			*value = *value << 4 | (uint64_t)(*from - '0');
		else if (*from >= 'a' && *from <= 'f')
			*value = *value << 4 | (uint64_t)(*from - 'a' + 10);
		else
			return from;
	}
}

/* A line: start-end rights offset device inode path. */
static void
add_line(struct output *to, const char *line)
{
	uint64_t start, end, offset;
	char id[2 * ID_MAX + 1];
	const char *at = get_hex(line, &start);

	if (*at++ != '-')
		return;
	at = get_hex(at, &end);
	if (strlen(at) < 6 || at[3] != 'x')
		return;
	at = get_hex(at + 6, &offset);
	at = strpbrk(at, "/[");
	if (at == NULL || to->n + strlen(at) + 120 > VMM_MODULES_SIZE)
		return;
	if (*at == '/')
		get_build_id(at, id);
	else
		strcpy(id, "-");
	to->n += vmm_format(to->text + to->n, VMM_MODULES_SIZE - to->n,
		"%lx %lx %lx %s %s\n", (unsigned long)start, (unsigned long)end,
		(unsigned long)offset, id, at);
}

/* Adds all whole lines; returns how many bytes of the text are left. */
static size_t
add_lines(struct output *to, char *text, size_t n)
{
	char *line = text;
	char *end;

	while ((end = memchr(line, '\n', n - (size_t)(line - text))) != NULL) {
		*end = '\0';
		add_line(to, line);
		line = end + 1;
	}
	n -= (size_t)(line - text);
	memmove(text, line, n);
	return n;
}

size_t
vmm_modules_get(char *text)
{
	static char lines[2 * PATH_MAX];
	struct output to = { text, 0 };
	int fd = vmm_sys_open(
		AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
	size_t n = 0;
	ssize_t done;

	if (fd < 0)
		return 0;
	while (n < sizeof(lines) &&
		(done = vmm_sys_read(fd, lines + n, sizeof(lines) - n)) > 0)
		n = add_lines(&to, lines, n + (size_t)done);
	vmm_sys_close(fd);
	return to.n;
}
