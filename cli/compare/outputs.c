/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing a report to files; see outputs.h. */
#include "config.h"

#include "cli/compare/outputs.h"

#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct kind {
	const char *option;
	size_t field; /* of struct vmm_outputs */
	void (*write)(const struct vmm_report *reports, size_t n, FILE *to);
} kinds[] = {
	{ "json", offsetof(struct vmm_outputs, json), vmm_report_write_json },
	{ "csv", offsetof(struct vmm_outputs, csv), vmm_report_write_csv },
	{ "markdown", offsetof(struct vmm_outputs, markdown),
		vmm_report_write_markdown },
	{ "report", offsetof(struct vmm_outputs, html), vmm_report_write_html },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *
get_file(const struct vmm_outputs *outputs, const struct kind *kind)
{
	const char *file;

	memcpy(&file, (const char *)outputs + kind->field, sizeof(file));
	return file;
}

static bool
is_stdout(const char *file)
{
	return file != NULL && strcmp(file, "-") == 0;
}

static int
complain(const struct kind *kind, const char *file)
{
	vmm_complain("cannot write '%s': %s; choose another file with --%s",
		file, strerror(errno), kind->option);
	return -1;
}

int
vmm_outputs_check(const struct vmm_outputs *outputs)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		const char *file = get_file(outputs, &kinds[i]);
		int fd;

		if (file == NULL || is_stdout(file))
			continue;
		/* Append: an older file survives until there is a new one. */
		fd = open(
			file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (fd < 0)
			return complain(&kinds[i], file);
		close(fd);
	}
	return 0;
}

static int
write_one(const struct kind *kind, const char *file,
	const struct vmm_report *reports, size_t n)
{
	FILE *to = is_stdout(file) ? stdout : fopen(file, "we");
	int result;

	if (to == NULL)
		return complain(kind, file);
	errno = 0;
	kind->write(reports, n, to);
	result = fflush(to) != 0 || ferror(to) ? complain(kind, file) : 0;
	if (to != stdout)
		fclose(to);
	return result;
}

int
vmm_outputs_write(const struct vmm_outputs *outputs,
	const struct vmm_report *reports, size_t n)
{
	int result = 0;

	for (size_t i = 0; i < N_KINDS; i++) {
		const char *file = get_file(outputs, &kinds[i]);

		if (file != NULL && write_one(&kinds[i], file, reports, n) != 0)
			result = -1;
	}
	return result;
}

bool
vmm_outputs_take_stdout(const struct vmm_outputs *outputs)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		if (is_stdout(get_file(outputs, &kinds[i])))
			return true;
	}
	return false;
}
