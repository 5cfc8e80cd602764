/* SPDX-License-Identifier: BSD-3-Clause */
/* Comparing the output of runs; see outcome.h. */
#include "config.h"

#include "cli/compare/outcome.h"

#include "cli/cli.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 65536
#define EXCERPT 40    /* bytes shown of a line */
#define TAIL_LINES 10 /* shown of stderr */

struct place {
	off_t at; /* of the first difference */
	uintmax_t line;
	off_t line_start;
};

/* Like pread, but reads less only at the end of the file; 0 on errors too. */
static size_t
read_block(int fd, char *to, size_t size, off_t at)
{
	size_t n = 0;
	ssize_t got;

	while (n < size &&
		(got = pread(fd, to + n, size - n, at + (off_t)n)) > 0)
		n += (size_t)got;
	return n;
}

/* Fills in place; returns false if the files are equal. */
static bool
find_place(int a, int b, struct place *place)
{
	static char left[BLOCK];
	static char right[BLOCK];

	*place = (struct place){ .line = 1 };
	for (;;) {
		size_t n = read_block(a, left, BLOCK, place->at);
		size_t m = read_block(b, right, BLOCK, place->at);
		size_t i = 0;

		while (i < n && i < m && left[i] == right[i]) {
			i++;
			if (left[i - 1] == '\n') {
				place->line++;
				place->line_start = place->at + (off_t)i;
			}
		}
		place->at += (off_t)i;
		if (i < n || i < m)
			return true;
		if (n < BLOCK)
			return false;
	}
}

/* The line that differs, in quotes, or "the end". */
static void
quote(int fd, const struct place *place, char *text, size_t size)
{
	char line[EXCERPT + 1];
	/* A long line is shown from a little before the difference on. */
	off_t from = place->at - place->line_start > EXCERPT / 2
		? place->at - EXCERPT / 2
		: place->line_start;
	size_t n = read_block(fd, line, EXCERPT, from);

	line[n] = '\0';
	if (from + (off_t)n <= place->at) {
		snprintf(text, size, "the end");
		return;
	}
	line[strcspn(line, "\n")] = '\0';
	for (char *c = line; *c != '\0'; c++) {
		if (!isprint((unsigned char)*c))
			*c = '.';
	}
	snprintf(text, size, "'%s'", line);
}

char *
vmm_outcome_find_difference(int fd, int reference_fd)
{
	char seen[EXCERPT + 3];
	char wanted[EXCERPT + 3];
	struct place place;

	if (!find_place(fd, reference_fd, &place))
		return NULL;
	quote(fd, &place, seen, sizeof(seen));
	quote(reference_fd, &place, wanted, sizeof(wanted));
	return vmm_text("line %ju (byte %jd): %s instead of %s", place.line,
		(intmax_t)place.at + 1, seen, wanted);
}

void
vmm_outcome_show_tail(int fd)
{
	char text[4096];
	struct stat st;
	off_t from;
	size_t n;
	const char *line;
	int lines = 0;

	if (fstat(fd, &st) != 0 || st.st_size == 0)
		return;
	from = st.st_size > (off_t)sizeof(text) - 1
		? st.st_size - (off_t)sizeof(text) + 1
		: 0;
	n = read_block(fd, text, sizeof(text) - 1, from);
	while (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	for (line = text + n; line > text; line--) {
		if (line[-1] == '\n' && ++lines == TAIL_LINES)
			break;
	}
	while (*line != '\0') {
		int length = (int)strcspn(line, "\n");

		fprintf(stderr, "  | %.*s\n", length, line);
		line += length;
		line += *line == '\n';
	}
}
