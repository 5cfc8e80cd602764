/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading libvmmalloc's report; see stats_file.h. */
#include "config.h"

#include "cli/stats_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST ((size_t)1 << 20) /* bytes; a report has about 1 KiB */
#define DEEPEST 16		  /* nesting of objects */

static const char *
skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Returns the end of the string that starts at p, or NULL. */
static const char *
skip_string(const char *p)
{
	if (*p != '"')
		return NULL;
	for (p++; *p != '"'; p++) {
		if (*p == '\\')
			p++;
		if (*p == '\0')
			return NULL;
	}
	return p + 1;
}

/*
 * Returns the end of the value that starts at p, or NULL if it is not complete.
 */
static const char *
skip_value(const char *p)
{
	char closing[DEEPEST];
	unsigned int depth = 0;

	do {
		p = skip_space(p);
		if (*p == '"') {
			p = skip_string(p);
			if (p == NULL)
				return NULL;
		} else if (*p == '{' || *p == '[') {
			if (depth == DEEPEST)
				return NULL;
			closing[depth++] = *p++ == '{' ? '}' : ']';
		} else if (depth > 0 && *p == closing[depth - 1]) {
			depth--;
			p++;
		} else if (depth > 0 && (*p == ',' || *p == ':')) {
			p++;
		} else {
			size_t n = strcspn(p, " \t\r\n,:{}[]\"");

			if (n == 0)
				return NULL;
			p += n;
		}
	} while (depth > 0);
	return p;
}

static bool
is_name(const char *p, const char *name)
{
	size_t n = strlen(name);

	return p[0] == '"' && strncmp(p + 1, name, n) == 0 && p[n + 1] == '"';
}

/* Returns the value of a member of the object at p, or NULL. */
static const char *
find_member(const char *p, const char *name)
{
	p = skip_space(p);
	if (*p != '{')
		return NULL;
	do {
		bool is_it;

		p = skip_space(p + 1);
		is_it = is_name(p, name);
		p = skip_string(p);
		if (p == NULL)
			return NULL;
		p = skip_space(p);
		if (*p != ':')
			return NULL;
		p = skip_space(p + 1);
		if (is_it)
			return p;
		p = skip_value(p);
		if (p == NULL)
			return NULL;
		p = skip_space(p);
	} while (*p == ',');
	return NULL;
}

static const char *
find(const char *report, const char *object, const char *field)
{
	const char *p = find_member(report, object);

	return p != NULL ? find_member(p, field) : NULL;
}

/* The character that \u00XX stands for, or '?' if it is not ASCII. */
static char
decode(const char *digits)
{
	char hex[5] = { 0 };
	char *end;
	unsigned long code;

	strncpy(hex, digits, 4);
	code = strtoul(hex, &end, 16);
	return *end == '\0' && code > 0 && code < 0x80 ? (char)code : '?';
}

char *
vmm_stats_file_string(const char *report, const char *object, const char *field)
{
	const char *p = find(report, object, field);
	const char *end = p != NULL ? skip_string(p) : NULL;
	char *text, *to;

	if (end == NULL || end - p <= 2)
		return NULL;
	text = malloc((size_t)(end - p));
	if (text == NULL)
		return NULL;
	to = text;
	for (p++; p < end - 1; p++) {
		if (p[0] == '\\' && p[1] == 'u' && end - p > 6) {
			*to++ = decode(p + 2);
			p += 5;
		} else {
			*to++ = *p == '\\' ? *++p : *p;
		}
	}
	*to = '\0';
	return text;
}

int64_t
vmm_stats_file_number(const char *report, const char *object, const char *field)
{
	const char *p = find(report, object, field);
	char *end;
	long long n;

	if (p == NULL || *p < '0' || *p > '9')
		return -1;
	errno = 0;
	n = strtoll(p, &end, 10);
	/* A number at the very end of the text may have been cut off. */
	return errno == 0 && *end != '\0' && strchr(",} \t\r\n", *end) != NULL
		? n
		: -1;
}

char *
vmm_stats_file_read(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text;
	ssize_t n;

	if (size < 0)
		return NULL;
	if ((uint64_t)size > LARGEST) {
		errno = EFBIG;
		return NULL;
	}
	text = malloc((size_t)size + 1);
	if (text == NULL)
		return NULL;
	n = pread(fd, text, (size_t)size, 0);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}
