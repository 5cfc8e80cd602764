/* SPDX-License-Identifier: BSD-3-Clause */
/* Any text as a string of JSON. */
#ifndef VMM_JSON_TEXT_H
#define VMM_JSON_TEXT_H

#include <jansson.h>

/* JSON is UTF-8 but arguments are bytes: what is not UTF-8 becomes '?'. */
json_t *vmm_json_text(const char *text);

#endif /* VMM_JSON_TEXT_H */
