/* SPDX-License-Identifier: BSD-3-Clause */
/* Any text as a string of JSON; see json_text.h. */
#include "config.h"

#include "cli/json_text.h"

#include "cli/cli.h"

#include <stdlib.h>

json_t *
vmm_json_text(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string != NULL)
		return string;
	copy = vmm_text("%s", text);
	for (char *c = copy; *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	}
	string = json_string(copy);
	free(copy);
	return string;
}
