/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a plan; see plan.h. */
#include "config.h"

#include "cli/compare/plan.h"

#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
	const char *file;
	int line;
	const struct vmm_design *defaults;
	struct vmm_task *tasks;
	size_t n;
};

/* Removes blanks at both ends, in place. */
static char *
trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

static int
complain(const struct plan *plan, const char *what)
{
	vmm_complain("bad --plan: %s:%d: %s; see vmmalloc-compare(1)",
		plan->file, plan->line, what);
	return -1;
}

/* The last task must have a command. */
static int
finish_task(const struct plan *plan)
{
	if (plan->n == 0 || plan->tasks[plan->n - 1].argv != NULL)
		return 0;
	return complain(plan, "the workload before has no command");
}

static int
begin_task(struct plan *plan, char *name)
{
	size_t length = strlen(name);

	if (finish_task(plan) != 0)
		return -1;
	if (name[length - 1] != ']')
		return complain(plan, "']' is missing");
	name[length - 1] = '\0';
	name = trim(name + 1);
	if (name[0] == '\0')
		return complain(plan, "a workload has no name");
	for (size_t i = 0; i < plan->n; i++) {
		if (strcmp(plan->tasks[i].name, name) == 0)
			return complain(plan, "two workloads have this name");
	}
	plan->tasks = vmm_array_resize(
		plan->tasks, plan->n + 1, sizeof(*plan->tasks));
	plan->tasks[plan->n++] =
		(struct vmm_task){ .name = vmm_text("%s", name),
			.design = *plan->defaults };
	return 0;
}

static void
set_command(struct vmm_task *task, const char *value)
{
	char **argv = vmm_array_new(4, sizeof(*argv));

	argv[0] = vmm_text("sh");
	argv[1] = vmm_text("-c");
	argv[2] = vmm_text("%s", value);
	argv[3] = NULL;
	task->argv = argv;
}

static int
set_value(struct plan *plan, const char *key, const char *value)
{
	struct vmm_task *task;
	struct vmm_design *design;

	if (plan->n == 0)
		return complain(plan, "there is no [NAME] before this line");
	task = &plan->tasks[plan->n - 1];
	design = &task->design;
	if (value[0] == '\0')
		return complain(plan, "there is no value");
	if (strcmp(key, "command") == 0) {
		set_command(task, value);
	} else if (strcmp(key, "setup") == 0) {
		design->setup = vmm_text("%s", value);
	} else if (strcmp(key, "prepare") == 0) {
		design->prepare = vmm_text("%s", value);
	} else if (strcmp(key, "cleanup") == 0) {
		design->cleanup = vmm_text("%s", value);
	} else if (strcmp(key, "load") == 0) {
		design->drive.load = vmm_text("%s", value);
	} else if (strcmp(key, "ready") == 0) {
		design->drive.ready = vmm_text("%s", value);
	} else if (strcmp(key, "metric") == 0) {
		return vmm_metric_add(&design->metrics, key, value);
	} else if (strcmp(key, "ignore-output") == 0) {
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return complain(plan, "must be yes or no");
		design->ignores_output = strcmp(value, "yes") == 0;
	} else {
		return complain(plan, "there is no such key");
	}
	return 0;
}

static int
read_line(struct plan *plan, char *line)
{
	char *value;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return 0;
	if (line[0] == '[')
		return begin_task(plan, line);
	value = strchr(line, '=');
	if (value == NULL)
		return complain(plan, "neither [NAME] nor key = value");
	*value++ = '\0';
	return set_value(plan, trim(line), trim(value));
}

struct vmm_task *
vmm_plan_read(const char *file, const struct vmm_design *defaults, size_t *n)
{
	struct plan plan = { .file = file, .defaults = defaults };
	FILE *from = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;
	int result = 0;

	if (from == NULL) {
		vmm_complain("cannot read the plan '%s': %s; choose another "
			     "file with --plan",
			file, strerror(errno));
		return NULL;
	}
	while (result == 0 && getline(&line, &size, from) > 0) {
		plan.line++;
		result = read_line(&plan, line);
	}
	free(line);
	fclose(from);
	if (result == 0)
		result = finish_task(&plan);
	if (result == 0 && plan.n == 0)
		result = complain(&plan, "there is no workload");
	if (result != 0) {
		free(plan.tasks);
		return NULL;
	}
	*n = plan.n;
	return plan.tasks;
}
