/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that the groups of checks share; see doctor.h. */
#include "config.h"

#include "cli/doctor/doctor.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "libvmmalloc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
vmm_doctor_add_complaint(struct vmm_findings *findings, enum vmm_finding_id id,
	enum vmm_result result)
{
	char *text = vmm_complaint_take();
	char *advice;

	if (text == NULL)
		return;
	/* The finding has a remedy of its own. */
	advice = strrchr(text, ';');
	if (advice != NULL)
		*advice = '\0';
	vmm_findings_add(findings, id, result, "%s", text);
	free(text);
}

ssize_t
vmm_doctor_read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	text[0] = '\0';
	if (fd < 0)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	if (n >= 0)
		text[n] = '\0';
	return n;
}

const char *
vmm_doctor_bytes(char text[VMM_DOCTOR_BYTES], uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB",
		"TiB" };
	size_t unit = 0;
	double n = (double)bytes;

	while (n >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		n /= 1024;
		unit++;
	}
	snprintf(text, VMM_DOCTOR_BYTES,
		n < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", n, units[unit]);
	return text;
}

int
vmm_doctor_fork_mode(void)
{
	const char *text = getenv(VMMALLOC_FORK_VAR);
	int mode;

	if (text == NULL || vmm_parse_int(text, 0, 3, &mode) != 0)
		return 1;
	return mode;
}
