/* SPDX-License-Identifier: BSD-3-Clause */
/* The sentences of a report; see summary.h. */
#include "config.h"

#include "cli/compare/summary.h"

#include "cli/cli.h"
#include "cli/compare/ratio.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#define FACTOR 2 /* ratios from here on are told as "3.1 times as much" */

/* Replaces the text by one that is longer. */
static void __attribute__((format(printf, 2, 3)))
append(char **text, const char *fmt, ...)
{
	va_list ap;
	char *more;
	char *longer;

	va_start(ap, fmt);
	more = vmm_text_of(fmt, ap);
	va_end(ap);
	longer = vmm_text("%s%s", *text, more);
	free(*text);
	free(more);
	*text = longer;
}

static int
choose_decimals(double value)
{
	return value >= 9.95 ? 0 : value >= 0.995 ? 1 : 2;
}

/* "11 % less than system (9 to 13 %)"; base NULL: without "than system". */
static void
append_difference(char **text, const struct vmm_ratio *ratio, const char *base)
{
	double percent = fabs(ratio->estimate - 1) * 100;
	bool is_more = ratio->estimate > 1;
	double least = fabs((is_more ? ratio->low : ratio->high) - 1) * 100;
	double most = fabs((is_more ? ratio->high : ratio->low) - 1) * 100;
	int decimals;

	if (ratio->estimate >= FACTOR) {
		decimals = ratio->estimate >= 99.5 ? 0 : 1;
		append(text, "%.*f times as much%s%s (%.*f to %.*f)", decimals,
			ratio->estimate, base != NULL ? " as " : "",
			base != NULL ? base : "", decimals, ratio->low,
			decimals, ratio->high);
		return;
	}
	append(text, "%.*f %% %s%s%s (%.*f to %.*f %%)",
		choose_decimals(percent), percent, is_more ? "more" : "less",
		base != NULL ? " than " : "", base != NULL ? base : "",
		choose_decimals(least), least, choose_decimals(most), most);
}

/* Adds the contenders that differ. Returns how many. */
static size_t
append_differences(char **text, const struct vmm_report *report,
	enum vmm_quantity_id id, const char *base)
{
	size_t n = 0;

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];
		struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);

		if (!vmm_ratio_is_real(&ratio))
			continue;
		append(text, "%s%s %s ", n > 0 ? ", " : "", contender->name,
			id >= VMM_METRIC ? "has" : "takes");
		append_difference(text, &ratio, n++ > 0 ? NULL : base);
	}
	return n;
}

/* Names of contenders, one after the other: "a, b and c". */
struct names {
	char *text;
	const char *pending; /* the last name, which "and" precedes */
	size_t n;
};

static void
add_name(struct names *names, const char *name)
{
	if (names->pending != NULL)
		append(&names->text, "%s%s", names->n > 1 ? ", " : "",
			names->pending);
	names->pending = name;
	names->n++;
}

static void
finish_names(struct names *names)
{
	if (names->pending != NULL)
		append(&names->text, "%s%s", names->n > 1 ? " and " : "",
			names->pending);
}

/* Names those with an interval that do not differ, or those without one. */
static struct names
find_equal(const struct vmm_report *report, enum vmm_quantity_id id,
	bool has_interval)
{
	struct names names = { vmm_text("%s", ""), NULL, 0 };

	for (size_t i = 0; i < report->n; i++) {
		const struct vmm_contender *contender = &report->contenders[i];
		struct vmm_ratio ratio = vmm_ratio_of(report, contender, id);

		if (!ratio.is_known || ratio.has_interval != has_interval ||
			vmm_ratio_is_real(&ratio))
			continue;
		add_name(&names, contender->name);
	}
	finish_names(&names);
	return names;
}

char *
vmm_summary_of_failures(const struct vmm_report *report)
{
	struct names names = { vmm_text("%s", ""), NULL, 0 };
	char *text = NULL;

	for (size_t i = 0; i < report->n; i++) {
		if (report->contenders[i].has_failed)
			add_name(&names, report->contenders[i].name);
	}
	finish_names(&names);
	if (names.n > 0)
		text = vmm_text("Failed: %s, with another output or exit "
				"status than %s.",
			names.text,
			vmm_contenders_base(report->contenders, report->n)
				->name);
	free(names.text);
	return text;
}

char *
vmm_summary_of(const struct vmm_report *report, enum vmm_quantity_id id)
{
	const struct vmm_contender *base =
		vmm_contenders_base(report->contenders, report->n);
	char *head = vmm_text("%s: ", vmm_quantities[id].name);
	size_t differ = append_differences(&head, report, id, base->name);
	struct names equal = find_equal(report, id, true);
	struct names rest = find_equal(report, id, false);

	if (equal.n > 0)
		append(&head, "%s%s %s not differ from %s measurably",
			differ > 0 ? "; " : "", equal.text,
			equal.n > 1 ? "do" : "does",
			differ > 0 ? "it" : base->name);
	if (rest.n > 0)
		append(&head,
			"%s%d run%s of %s %s too few to tell; an interval "
			"needs %zu",
			differ + equal.n > 0 ? "; " : "", (int)base->n,
			base->n == 1 ? "" : "s", rest.text,
			base->n == 1 ? "is" : "are",
			vmm_ratio_least_runs(report));
	append(&head, ".");
	free(equal.text);
	free(rest.text);
	if (differ + equal.n + rest.n > 0)
		return head;
	free(head);
	return NULL;
}
