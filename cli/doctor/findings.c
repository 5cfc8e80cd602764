/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings of vmmalloc doctor; see findings.h. */
#include "config.h"

#include "cli/doctor/findings.h"

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/json_text.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SCHEMA 1
#define TEXT 27 /* column */

struct kind {
	const char *name, *subject, *remedy;
};
#define ROW(id, name, subject, remedy) { name, subject, remedy },
static const struct kind kinds[] = { VMM_FINDINGS(ROW) };

static const char *const result_names[] = { "ok", "warning", "error" };

void
vmm_findings_add(struct vmm_findings *findings, enum vmm_finding_id id,
	enum vmm_result result, const char *fmt, ...)
{
	va_list ap;

	findings->list = vmm_array_resize(
		findings->list, findings->n + 1, sizeof(*findings->list));
	va_start(ap, fmt);
	findings->list[findings->n++] = (struct vmm_finding){
		.id = id,
		.result = result,
		.text = vmm_text_of(fmt, ap),
	};
	va_end(ap);
}

void
vmm_findings_free(struct vmm_findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		free(findings->list[i].text);
	free(findings->list);
}

size_t
vmm_findings_count(const struct vmm_findings *findings, enum vmm_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->n; i++)
		n += findings->list[i].result == result;
	return n;
}

void
vmm_findings_print(const struct vmm_findings *findings)
{
	size_t errors = vmm_findings_count(findings, VMM_RESULT_ERROR);
	size_t warnings = vmm_findings_count(findings, VMM_RESULT_WARNING);

	for (size_t i = 0; i < findings->n; i++) {
		const struct vmm_finding *f = &findings->list[i];
		char *remedy;

		printf("%-8s %-17s ", result_names[f->result],
			kinds[f->id].name);
		vmm_help_wrap(f->text, TEXT, TEXT);
		if (f->result == VMM_RESULT_OK)
			continue;
		remedy = vmm_text("Remedy: %s", kinds[f->id].remedy);
		printf("%*s", TEXT, "");
		vmm_help_wrap(remedy, TEXT, TEXT);
		free(remedy);
	}
	printf("%zu error%s, %zu warning%s\n", errors, errors != 1 ? "s" : "",
		warnings, warnings != 1 ? "s" : "");
}

static json_t *
make_finding(const struct vmm_finding *f)
{
	return json_pack("{s:s, s:s, s:o, s:s}", "name", kinds[f->id].name,
		"result", result_names[f->result], "text",
		vmm_json_text(f->text), "remedy",
		f->result != VMM_RESULT_OK ? kinds[f->id].remedy : "");
}

void
vmm_findings_print_json(const struct vmm_findings *findings)
{
	json_t *list = json_array();
	json_t *whole;

	for (size_t i = 0; i < findings->n; i++)
		json_array_append_new(list, make_finding(&findings->list[i]));
	whole = json_pack("{s:i, s:s, s:I, s:I, s:o}", "schema", SCHEMA,
		"vmmalloc_version", PACKAGE_VERSION, "errors",
		(json_int_t)vmm_findings_count(findings, VMM_RESULT_ERROR),
		"warnings",
		(json_int_t)vmm_findings_count(findings, VMM_RESULT_WARNING),
		"findings", list);
	json_dumpf(whole, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(whole);
}

void
vmm_findings_print_table(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		printf("| `%s` | %s | %s |\n", kinds[i].name, kinds[i].subject,
			kinds[i].remedy);
}
