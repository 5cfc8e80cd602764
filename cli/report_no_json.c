/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replaces report_json.c in a build without jansson: --json is refused before
 * anything is measured.
 */
#include "config.h"

#include "cli/report.h"

#include "cli/cli.h"

int
vmm_report_check_json(const char *file)
{
	vmm_complain("cannot write '%s': this vmmalloc was built without "
		     "jansson, and so without JSON; leave out --json",
		file);
	return -1;
}

int
vmm_report_write_json(const struct vmm_report *report, const char *file)
{
	(void)report;
	return vmm_report_check_json(file);
}
