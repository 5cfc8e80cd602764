/* SPDX-License-Identifier: BSD-3-Clause */
/* Small pictures; see sparkline.h. */
#include "config.h"

#include "cli/sparkline.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS 8

bool
vmm_sparkline_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strstr(value, "UTF-8") != NULL ||
				strstr(value, "utf8") != NULL;
	}
	return false;
}

const char *
vmm_sparkline_get(bool is_utf8, double part)
{
	static const char *const utf8[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆",
		"▇", "█" };
	static const char *const ascii[LEVELS] = { "_", ".", ",", "-", "=", "+",
		"*", "#" };

	return (is_utf8 ? utf8 : ascii)[(int)(part * (LEVELS - 1) + 0.5)];
}
