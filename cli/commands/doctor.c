/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc doctor: examines a set-up before anything is run in it, or a process
 * that runs.
 */
#include "config.h"

#include "base/parse.h"
#include "cli/child.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/doctor/doctor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *pid;
static bool wants_json;
static bool wants_list;

/* Returns 0 or, after a complaint, -1. */
static int
check_arguments(char *arguments[])
{
	int number;

	if (pid == NULL)
		return 0;
	if (vmm_parse_int(pid, 1, INT_MAX, &number) != 0) {
		vmm_complain(
			"bad --pid '%s': not the number of a process", pid);
		return -1;
	}
	if (arguments[0] == NULL)
		return 0;
	vmm_complain("doctor --pid: unexpected argument '%s'; see 'vmmalloc "
		     "help doctor'",
		arguments[0]);
	return -1;
}

static void
examine(struct vmm_doctor *doctor)
{
	vmm_doctor_check_library(doctor);
	vmm_doctor_check_directory(doctor);
	vmm_doctor_check_size(doctor);
	vmm_doctor_check_limits(doctor);
	vmm_doctor_check_sandbox(doctor);
	vmm_doctor_check_backend(doctor);
	if (doctor->program != NULL)
		vmm_doctor_check_program(doctor);
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_doctor doctor = {
		.pool = *pool,
		.program = arguments[0],
	};
	size_t errors;

	if (check_arguments(arguments) != 0)
		return VMM_EXIT_USAGE;
	if (wants_list) {
		vmm_findings_print_table();
		return VMM_EXIT_OK;
	}
	vmm_child_catch_signals();
	if (pid != NULL)
		vmm_doctor_check_process(&doctor.findings, (pid_t)atoi(pid));
	else
		examine(&doctor);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	if (wants_json)
		vmm_findings_print_json(&doctor.findings);
	else
		vmm_findings_print(&doctor.findings);
	errors = vmm_findings_count(&doctor.findings, VMM_RESULT_ERROR);
	vmm_findings_free(&doctor.findings);
	free(doctor.library);
	free(doctor.backend_path);
	free(doctor.dir);
	return errors > 0 ? VMM_EXIT_FAILED : VMM_EXIT_OK;
}

static const struct vmm_option options[] = {
	{ .letter = 'p',
		.name = "pid",
		.value = "PID",
		.meaning = "examine this running process instead",
		.text = &pid },
	{ .letter = 'j',
		.name = "json",
		.meaning = "print one JSON object",
		.flag = &wants_json },
	{ .letter = 'l',
		.name = "list",
		.meaning = "list all findings, what each is about and its "
			   "remedy, and examine nothing",
		.flag = &wants_list },
	{ .name = NULL },
};

const struct vmm_command vmm_command_doctor = {
	.name = "doctor",
	.summary = "find out whether a set-up works, and why not",
	.arguments = "[--] [COMMAND [ARGUMENT...]]",
	.description =
		"Examines the pool's directory, limits, library and backend, "
		"and COMMAND, which is not run: one finding per line, ok, "
		"warning or error, with its remedy. Exit status: 0 without "
		"errors, 1 with one, 2 for a wrong command line.",
	.notes = "Manual: vmmalloc-doctor(1).",
	.options = options,
	.has_backend = true,
	.has_pool = true,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
