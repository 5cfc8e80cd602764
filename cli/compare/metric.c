/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading numbers from the output of a load; see metric.h. */
#include "config.h"

#include "cli/compare/metric.h"

#include "cli/cli.h"

#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct vmm_metric {
	size_t index; /* of the value */
	char *name;
	regex_t pattern;
};

int
vmm_metric_add(
	struct vmm_metrics *metrics, const char *origin, const char *text)
{
	size_t length = strcspn(text, "=");
	struct vmm_metric metric = { .name = vmm_text(
					     "%.*s", (int)length, text) };
	struct vmm_metric *list;
	int index;
	char why[128];
	int error;

	if (text[length] == '\0' || length == 0) {
		vmm_complain("bad %s '%s': not NAME=REGEX", origin, text);
		return -1;
	}
	error = regcomp(
		&metric.pattern, text + length + 1, REG_EXTENDED | REG_NEWLINE);
	if (error != 0) {
		regerror(error, &metric.pattern, why, sizeof(why));
		vmm_complain("bad %s '%s': %s", origin, text, why);
		return -1;
	}
	if (metric.pattern.re_nsub == 0) {
		vmm_complain("bad %s '%s': the number must be in parentheses",
			origin, text);
		return -1;
	}
	index = vmm_quantity_of_metric(metric.name);
	if (index < 0) {
		vmm_complain("bad %s '%s': more than %d metrics", origin, text,
			VMM_METRICS_MAX);
		return -1;
	}
	metric.index = (size_t)index;
	/* A new array: the old one may be that of other workloads. */
	list = vmm_array_new(metrics->n + 1, sizeof(*list));
	if (metrics->n > 0)
		memcpy(list, metrics->list, metrics->n * sizeof(*list));
	list[metrics->n++] = metric;
	metrics->list = list;
	return 0;
}

/* The whole file as a string, for free(3). */
static char *
read_all(int fd)
{
	struct stat st;
	size_t size = fstat(fd, &st) == 0 ? (size_t)st.st_size : 0;
	char *text = vmm_array_new(size + 1, 1);
	ssize_t n = pread(fd, text, size, 0);

	text[n > 0 ? n : 0] = '\0';
	for (ssize_t i = 0; i < n; i++) {
		if (text[i] == '\0' || text[i] == '\r')
			text[i] = '\n';
	}
	return text;
}

/* Leaves *value alone if the text of n bytes does not begin with a number. */
static void
parse(const char *text, size_t n, double *value)
{
	char *number = vmm_text("%.*s", (int)n, text);
	char *end;
	double found = strtod(number, &end);

	if (end > number && isfinite(found))
		*value = found;
	free(number);
}

/* Returns -1 if there is no match, or no number in it. */
static double
find_last(const struct vmm_metric *metric, const char *text)
{
	regmatch_t match[2];
	double value = -1;
	int flags = 0; /* of a text that does not begin with a line */

	while (regexec(&metric->pattern, text, 2, match, flags) == 0 &&
		match[0].rm_eo > match[0].rm_so) {
		if (match[1].rm_so >= 0)
			parse(text + match[1].rm_so,
				(size_t)(match[1].rm_eo - match[1].rm_so),
				&value);
		text += match[0].rm_eo;
		flags = text[-1] == '\n' ? 0 : REG_NOTBOL;
	}
	return value;
}

int
vmm_metrics_read(const struct vmm_metrics *metrics, int fd,
	double values[VMM_METRICS_MAX])
{
	char *text = read_all(fd);
	int result = 0;

	for (size_t i = 0; i < metrics->n && result == 0; i++) {
		const struct vmm_metric *metric = &metrics->list[i];

		values[metric->index] = find_last(metric, text);
		if (values[metric->index] < 0) {
			vmm_complain(
				"the load prints no metric '%s'", metric->name);
			result = -1;
		}
	}
	free(text);
	return result;
}
