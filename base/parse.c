/* SPDX-License-Identifier: BSD-3-Clause */
/* Parsing what users give; see parse.h. No allocation here. */
#include "config.h"

#include "base/parse.h"

#include "base/checked.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Parses digits from *text on, and moves *text behind them. */
static int
parse_digits(const char **text, size_t *n)
{
	const char *s = *text;

	if (*s < '0' || *s > '9') {
		errno = EINVAL;
		return -1;
	}
	for (*n = 0; *s >= '0' && *s <= '9'; s++) {
		if (vmm_mul_overflows(*n, 10, n) ||
			vmm_add_overflows(*n, (size_t)(*s - '0'), n)) {
			errno = ERANGE;
			return -1;
		}
	}
	*text = s;
	return 0;
}

int
vmm_parse_size(const char *text, size_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	size_t n;

	if (parse_digits(&text, &n) != 0)
		return -1;
	if (*text != '\0') {
		char upper = *text >= 'a' ? (char)(*text - 'a' + 'A') : *text;

		unit = strchr(units, upper);
		if (unit == NULL || text[1] != '\0') {
			errno = EINVAL;
			return -1;
		}
		for (const char *u = units; u <= unit; u++) {
			if (vmm_mul_overflows(n, 1024, &n)) {
				errno = ERANGE;
				return -1;
			}
		}
	}
	*bytes = n;
	return 0;
}

int
vmm_parse_int(const char *text, int min, int max, int *value)
{
	bool is_negative = *text == '-';
	size_t n;
	int v;

	if (is_negative)
		text++;
	if (parse_digits(&text, &n) != 0)
		return -1;
	if (*text != '\0') {
		errno = EINVAL;
		return -1;
	}
	v = n > INT_MAX ? INT_MAX : (int)n;
	if (is_negative)
		v = -v;
	if (n > INT_MAX || v < min || v > max) {
		errno = ERANGE;
		return -1;
	}
	*value = v;
	return 0;
}

bool
vmm_is_backend_name(const char *name)
{
	size_t n = strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-");

	/* the library itself lies beside the debug builds of backends */
	return n > 0 && n < VMM_BACKEND_NAME_MAX && name[n] == '\0' &&
		strcmp(name, "libvmmalloc") != 0;
}
