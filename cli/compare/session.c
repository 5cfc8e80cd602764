/* SPDX-License-Identifier: BSD-3-Clause */
/* Comparing one workload after the other; see session.h. */
#include "config.h"

#include "cli/compare/session.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/compare/comparison.h"
#include "cli/preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Both texts, for free(3); either may be NULL. */
static char *
join(char *first, char *second)
{
	char *both;

	if (first == NULL || second == NULL)
		return first != NULL ? first : second;
	both = vmm_text("%s %s", first, second);
	free(first);
	free(second);
	return both;
}

static char *
describe_noise(const struct vmm_comparison *c, const struct vmm_report *report)
{
	char *machine = vmm_noise_describe(&c->before, &c->after);
	char *clock = vmm_frequency_describe(&c->frequency);

	return join(join(machine, clock), vmm_noise_describe_spread(report));
}

static int
add_report(struct vmm_session *session, const struct vmm_comparison *c)
{
	struct vmm_report *report;
	int status = VMM_EXIT_OK;

	session->reports = vmm_array_resize(session->reports,
		session->n_reports + 1, sizeof(*session->reports));
	report = &session->reports[session->n_reports++];
	*report = (struct vmm_report){ &c->workload, c->contenders, c->n, NULL,
		c->has_sizes ? &c->sizes : NULL, c->is_wide };
	report->noise = describe_noise(c, report);
	if (!session->is_quiet) {
		if (session->n_reports > 1)
			putchar('\n');
		vmm_report_print(report);
		if (WEXITSTATUS(c->reference_status) != 0)
			printf("\nThe command's exit status is %d.\n",
				WEXITSTATUS(c->reference_status));
		fflush(stdout);
	}
	for (size_t i = 0; i < c->n; i++) {
		if (c->contenders[i].has_failed)
			status = VMM_EXIT_FAILED;
	}
	return status;
}

int
vmm_session_run(struct vmm_session *session, const struct vmm_task *task)
{
	struct vmm_comparison *c = vmm_array_new(1, sizeof(*c));
	int status;

	*c = (struct vmm_comparison){ .design = task->design, .n = session->n };
	c->workload.name = c->progress.workload = task->name;
	c->workload.argv = task->argv;
	c->workload.settings = session->settings;
	status = vmm_preload_check(
		task->argv[0], session->settings.library, &c->workload.path);
	if (status != 0 || vmm_scratch_open(&c->workload.scratch) != 0) {
		free(c);
		return status != 0 ? status : VMM_EXIT_FAILED;
	}
	c->contenders = vmm_array_new(c->n, sizeof(*c->contenders));
	memcpy(c->contenders, session->contenders,
		c->n * sizeof(*c->contenders));
	status = vmm_comparison_run(c);
	vmm_scratch_close(&c->workload.scratch);
	if (vmm_child_is_interrupted()) {
		if (c->reference == NULL || c->reference->n == 0)
			return VMM_EXIT_FAILED;
		vmm_complain("interrupted: this is what %zu runs of each show",
			c->reference->n);
	} else if (status != 0) {
		return VMM_EXIT_FAILED;
	}
	return add_report(session, c);
}
