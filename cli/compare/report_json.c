/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON of a comparison; see report.h. Field names state the units. */
#include "config.h"

#include "cli/compare/report.h"

#include "cli/cli.h"
#include "cli/compare/machine.h"
#include "cli/compare/ratio.h"
#include "cli/compare/requested.h"
#include "cli/compare/summary.h"
#include "cli/compare/sweep.h"
#include "cli/json_text.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define SCHEMA 2

static json_t *
make_optional_string(const char *text)
{
	return text != NULL ? vmm_json_text(text) : json_null();
}

static json_t *
make_command(const struct vmm_workload *workload)
{
	json_t *words = json_array();

	for (char *const *word = workload->argv; *word != NULL; word++)
		json_array_append_new(words, vmm_json_text(*word));
	return words;
}

static json_t *
make_machine(void)
{
	json_t *machine = json_object();
	size_t n;
	struct vmm_property *properties = vmm_machine_describe(&n);

	for (size_t i = 0; i < n; i++)
		json_object_set_new(machine, properties[i].key,
			vmm_json_text(properties[i].value));
	vmm_machine_free(properties, n);
	return machine;
}

static json_t *
make_time(void)
{
	time_t t = time(NULL);
	struct tm tm;
	char text[32];

	if (gmtime_r(&t, &tm) == NULL ||
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_null();
	return json_string(text);
}

static json_t *
make_ratio(const struct vmm_report *report,
	const struct vmm_contender *contender, enum vmm_quantity_id id)
{
	struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);
	json_t *object;

	if (!ratio.is_known)
		return json_null();
	object = json_pack("{s:f, s:b}", "estimate", ratio.estimate, "is_real",
		vmm_ratio_is_real(&ratio));
	json_object_set_new(object, "low",
		ratio.has_interval ? json_real(ratio.low) : json_null());
	json_object_set_new(object, "high",
		ratio.has_interval ? json_real(ratio.high) : json_null());
	return object;
}

static json_t *
make_sentence(const struct vmm_report *report, enum vmm_quantity_id id)
{
	char *sentence = vmm_summary_of(report, id);
	json_t *object = make_optional_string(sentence);

	free(sentence);
	return object;
}

/* Pairs of a time in seconds and resident bytes. */
static json_t *
make_series(const struct vmm_series *series)
{
	json_t *points = json_array();

	for (size_t i = 0; series != NULL && i < series->n; i++)
		json_array_append_new(points,
			json_pack("[f, I]", series->points[i].time,
				(json_int_t)series->points[i].bytes));
	return points;
}

static json_t *
make_contender(
	const struct vmm_report *report, const struct vmm_contender *contender)
{
	const struct vmm_plugin *plugin = contender->plugin;
	json_t *variables = json_array();
	json_t *metrics = json_object();
	json_t *object = json_object();

	json_object_set_new(object, "name", vmm_json_text(contender->name));
	if (contender->library != NULL)
		json_object_set_new(
			object, "library", vmm_json_text(contender->library));
	if (plugin != NULL) {
		json_object_set_new(
			object, "backend", vmm_json_text(plugin->name));
		json_object_set_new(object, "pool_dir",
			vmm_json_text(contender->settings->pool_dir));
		json_object_set_new(object, "version",
			make_optional_string(plugin->version));
		json_object_set_new(object, "library_version",
			make_optional_string(plugin->library_version));
		json_object_set_new(
			object, "path", vmm_json_text(plugin->path));
	}
	if (contender->point != NULL) {
		json_object_set_new(object, "near_percent",
			json_integer(contender->point->percent));
		json_object_set_new(object, "near_bytes",
			json_integer((json_int_t)contender->point->bytes));
	}
	for (size_t i = 0; i < contender->n_variables; i++)
		json_array_append_new(
			variables, vmm_json_text(contender->variables[i]));
	json_object_set_new(object, "variables", variables);
	json_object_set_new(
		object, "wall_ratio", make_ratio(report, contender, VMM_WALL));
	json_object_set_new(
		object, "cpu_ratio", make_ratio(report, contender, VMM_CPU));
	json_object_set_new(
		object, "peak_ratio", make_ratio(report, contender, VMM_PEAK));
	for (size_t i = VMM_METRIC; i < VMM_N_QUANTITIES; i++) {
		if (vmm_quantities[i].title != NULL)
			json_object_set_new(metrics, vmm_quantities[i].title,
				make_ratio(report, contender, i));
	}
	json_object_set_new(object, "metric_ratios", metrics);
	json_object_set_new(
		object, "memory_over_time", make_series(contender->series));
	json_object_set_new(
		object, "failed", json_boolean(contender->has_failed));
	return object;
}

static json_t *
make_run(const char *contender, size_t number, const struct vmm_sample *s)
{
	json_t *run = json_object();

	json_object_set_new(run, "contender", vmm_json_text(contender));
	json_object_set_new(run, "run", json_integer((json_int_t)number));
	for (size_t i = 0; i < VMM_N_QUANTITIES; i++) {
		const struct vmm_quantity *quantity = &vmm_quantities[i];
		double value;

		if (quantity->title == NULL)
			continue;
		value = quantity->get(s);
		json_object_set_new(run, quantity->key,
			value < 0 ? json_null()
				: quantity->is_whole
				? json_integer((json_int_t)value)
				: json_real(value));
	}
	if (WIFSIGNALED(s->status))
		json_object_set_new(
			run, "signal", json_integer(WTERMSIG(s->status)));
	else
		json_object_set_new(run, "exit_status",
			json_integer(WEXITSTATUS(s->status)));
	return run;
}

/* One object per class; the largest has no limit. */
static json_t *
make_sizes(const struct vmm_sizes *sizes)
{
	json_t *classes = json_array();

	if (sizes == NULL) {
		json_decref(classes);
		return json_null();
	}
	for (int k = 0; k < VMM_SIZES_CLASSES; k++) {
		uint64_t limit = vmm_requested_limit(k);

		json_array_append_new(classes,
			json_pack("{s:o, s:I, s:I}", "up_to_bytes",
				limit > 0 ? json_integer((json_int_t)limit)
					  : json_null(),
				"blocks", (json_int_t)sizes->calls[k], "bytes",
				(json_int_t)sizes->bytes[k]));
	}
	return classes;
}

static json_t *
make_report(const struct vmm_report *report)
{
	const struct vmm_settings *settings = &report->workload->settings;
	const struct vmm_contender *base =
		vmm_contenders_base(report->contenders, report->n);
	json_t *contenders = json_array();
	json_t *object = json_object();
	json_t *runs = json_array();

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];

		json_array_append_new(
			contenders, make_contender(report, contender));
		for (size_t j = 0; j < contender->n; j++)
			json_array_append_new(runs,
				make_run(contender->name, j + 1,
					&contender->samples[j]));
	}
	json_object_set_new(object, "schema", json_integer(SCHEMA));
	json_object_set_new(object, "version", json_string(PACKAGE_VERSION));
	json_object_set_new(object, "time", make_time());
	json_object_set_new(object, "machine", make_machine());
	json_object_set_new(
		object, "name", make_optional_string(report->workload->name));
	json_object_set_new(object, "command", make_command(report->workload));
	json_object_set_new(
		object, "pool_dir", vmm_json_text(settings->pool_dir));
	json_object_set_new(object, "pool_size_bytes",
		json_integer((json_int_t)settings->pool_size));
	json_object_set_new(object, "base", vmm_json_text(base->name));
	json_object_set_new(object, "confidence", json_real(VMM_CONFIDENCE));
	json_object_set_new(
		object, "time_summary", make_sentence(report, VMM_WALL));
	json_object_set_new(
		object, "cpu_summary", make_sentence(report, VMM_CPU));
	json_object_set_new(
		object, "memory_summary", make_sentence(report, VMM_PEAK));
	json_object_set_new(
		object, "noise", make_optional_string(report->noise));
	json_object_set_new(
		object, "requested_sizes", make_sizes(report->sizes));
	json_object_set_new(object, "contenders", contenders);
	json_object_set_new(object, "runs", runs);
	return object;
}

/* One report is an object; several are the workloads of one. */
void
vmm_report_write_json(const struct vmm_report *reports, size_t n, FILE *to)
{
	json_t *json;

	if (n == 1 && reports[0].workload->name == NULL) {
		json = make_report(&reports[0]);
	} else {
		json_t *workloads = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(
				workloads, make_report(&reports[i]));
		json = json_pack(
			"{s:i, s:o}", "schema", SCHEMA, "workloads", workloads);
	}
	json_dumpf(json, to, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', to);
	json_decref(json);
}
