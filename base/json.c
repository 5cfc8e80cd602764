/* SPDX-License-Identifier: BSD-3-Clause */
/* A writer of JSON; see json.h. No allocation here. */
#include "config.h"

#include "base/json.h"

#include "base/format.h"

#include <string.h>

void
vmm_json_init(struct vmm_json *json, char *text, size_t size)
{
	*json = (struct vmm_json){
		.text = text,
		.size = size,
		.is_first = true,
	};
	text[0] = '\0';
}

/* Adds n bytes or, if they do not fit, nothing from then on. */
static void
put(struct vmm_json *json, const char *bytes, size_t n)
{
	if (json->is_cut || n >= json->size - json->used) {
		json->is_cut = true;
		return;
	}
	memcpy(json->text + json->used, bytes, n);
	json->used += n;
	json->text[json->used] = '\0';
}

static void
put_text(struct vmm_json *json, const char *text)
{
	put(json, text, strlen(text));
}

/*
 * The length of the UTF-8 character at s, 1 to 4, or 0 if there is none: after
 * table 3-7 of the Unicode Standard. The NUL at the end of s is not part of a
 * character, so nothing behind it is read.
 */
static size_t
character_length(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	unsigned char least = 0x80, most = 0xbf; /* of the second byte */
	size_t n;

	if (c[0] < 0x80)
		return 1;
	if (c[0] < 0xc2 || c[0] > 0xf4)
		return 0;
	n = c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	if (c[0] == 0xe0)
		least = 0xa0;
	else if (c[0] == 0xed)
		most = 0x9f; /* beyond are surrogates */
	else if (c[0] == 0xf0)
		least = 0x90;
	else if (c[0] == 0xf4)
		most = 0x8f;
	if (c[1] < least || c[1] > most)
		return 0;
	for (size_t i = 2; i < n; i++) {
		if (c[i] < 0x80 || c[i] > 0xbf)
			return 0;
	}
	return n;
}

static void
put_string(struct vmm_json *json, const char *s)
{
	char escape[8];
	size_t n;

	put(json, "\"", 1);
	for (; *s != '\0'; s += n > 0 ? n : 1) {
		unsigned char c = (unsigned char)*s;

		n = character_length(s);
		if (n == 0) {
			put(json, "?", 1);
		} else if (c == '"' || c == '\\') {
			put(json, "\\", 1);
			put(json, s, 1);
		} else if (c < 0x20) {
			vmm_format(escape, sizeof(escape), "\\u00%x%x", c >> 4,
				c & 15);
			put_text(json, escape);
		} else {
			put(json, s, n);
		}
	}
	put(json, "\"", 1);
}

/* The objects in the outermost one begin a line each. */
static void
begin_member(struct vmm_json *json, const char *name, bool is_object)
{
	if (!json->is_first)
		put_text(json, is_object && json->depth == 1 ? ",\n " : ", ");
	json->is_first = false;
	if (name == NULL)
		return;
	put_string(json, name);
	put_text(json, ": ");
}

void
vmm_json_open(struct vmm_json *json, const char *name)
{
	begin_member(json, name, true);
	put(json, "{", 1);
	json->depth++;
	json->is_first = true;
}

void
vmm_json_close(struct vmm_json *json)
{
	put(json, "}", 1);
	json->is_first = false;
	if (--json->depth == 0)
		put(json, "\n", 1);
}

void
vmm_json_open_list(struct vmm_json *json, const char *name)
{
	begin_member(json, name, true);
	put(json, "[", 1);
	json->depth++;
	json->is_first = true;
}

void
vmm_json_close_list(struct vmm_json *json)
{
	put(json, "]", 1);
	json->is_first = false;
	json->depth--;
}

void
vmm_json_string(struct vmm_json *json, const char *name, const char *value)
{
	begin_member(json, name, false);
	put_string(json, value);
}

void
vmm_json_number(struct vmm_json *json, const char *name, uint64_t value)
{
	char digits[24];

	begin_member(json, name, false);
	vmm_format(digits, sizeof(digits), "%llu", (unsigned long long)value);
	put_text(json, digits);
}

void
vmm_json_bool(struct vmm_json *json, const char *name, bool value)
{
	begin_member(json, name, false);
	put_text(json, value ? "true" : "false");
}
