/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A writer of JSON that needs no stdio, no lock and no allocation: for the
 * library's reports. The vmmalloc command, which may allocate, uses jansson.
 *
 * The caller names the members in their order:
 *
 *	vmm_json_init(&json, text, sizeof(text));
 *	vmm_json_open(&json, NULL);
 *	vmm_json_number(&json, "schema", 1);
 *	vmm_json_open(&json, "pool");
 *	...
 *	vmm_json_close(&json);
 *	vmm_json_close(&json);
 */
#ifndef VMM_JSON_H
#define VMM_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_json {
	char *text;
	size_t size;
	size_t used;	    /* without the final NUL */
	unsigned int depth; /* objects that are open */
	bool is_first;	    /* no member of the innermost one is written yet */
	bool is_cut;	    /* the buffer was too small */
};

/* The text is complete, and ends in a newline, when the last object closes. */
void vmm_json_init(struct vmm_json *json, char *text, size_t size);

/* An object; name is NULL for the outermost one. */
void vmm_json_open(struct vmm_json *json, const char *name);
void vmm_json_close(struct vmm_json *json);

/* A list, of objects without names. */
void vmm_json_open_list(struct vmm_json *json, const char *name);
void vmm_json_close_list(struct vmm_json *json);

/*
 * Members. A string is a sequence of bytes, as file names are, but JSON is
 * UTF-8: a byte that is not part of a character becomes '?'.
 */
void vmm_json_string(
	struct vmm_json *json, const char *name, const char *value);
void vmm_json_number(struct vmm_json *json, const char *name, uint64_t value);
void vmm_json_bool(struct vmm_json *json, const char *name, bool value);

#endif /* VMM_JSON_H */
