/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of processes as OpenMetrics; see stat.h. */
#include "config.h"

#include "cli/live/number.h"
#include "cli/live/stat.h"

#include <inttypes.h>

#define PREFIX "vmmalloc_"

/* A value in quotes; what was read of the process is printable. */
static void
print_value(const char *text, FILE *to)
{
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void
print_labels(
	const struct vmm_live_process *process, const char *place, FILE *to)
{
	fprintf(to, "{pid=\"%ld\",name=", (long)process->pid);
	print_value(process->name, to);
	fputs(",backend=", to);
	print_value(process->page.backend, to);
	if (place != NULL) {
		fputs(",place=", to);
		print_value(place, to);
	}
	fputs("} ", to);
}

/* The metric's own lines; its name goes with _bytes as its unit. */
static void
print_head(const char *name, bool is_bytes, bool is_counter,
	const char *meaning, FILE *to)
{
	const char *unit = is_bytes ? "_bytes" : "";

	fprintf(to, "# TYPE " PREFIX "%s%s %s\n", name, unit,
		is_counter ? "counter" : "gauge");
	if (is_bytes)
		fprintf(to, "# UNIT " PREFIX "%s%s bytes\n", name, unit);
	fprintf(to, "# HELP " PREFIX "%s%s %s\n", name, unit, meaning);
}

static void
print_number(const struct vmm_live_list *list,
	const struct vmm_live_number *number, FILE *to)
{
	print_head(number->metric, number->is_bytes, number->is_counter,
		number->meaning, to);
	for (size_t i = 0; i < list->n; i++) {
		uint64_t value =
			vmm_live_number_of(&list->processes[i].page, number);

		if (value == VMMALLOC_PAGE_UNKNOWN)
			continue;
		fprintf(to, PREFIX "%s%s%s", number->metric,
			number->is_bytes ? "_bytes" : "",
			number->is_counter ? "_total" : "");
		print_labels(&list->processes[i], NULL, to);
		fprintf(to, "%" PRIu64 "\n", value);
	}
}

static void
print_resident(const struct vmm_live_list *list, FILE *to)
{
	print_head("resident", true, false,
		"Memory of the whole process that is resident.", to);
	for (size_t i = 0; i < list->n; i++) {
		fputs(PREFIX "resident_bytes", to);
		print_labels(&list->processes[i], NULL, to);
		fprintf(to, "%" PRIu64 "\n", list->processes[i].resident);
	}
}

static void
print_places(const struct vmm_live_list *list, FILE *to)
{
	print_head("place_committed", true, false,
		"Memory in use in each place of the pool.", to);
	for (size_t i = 0; i < list->n; i++) {
		const struct vmmalloc_page *page = &list->processes[i].page;

		for (unsigned int k = 0; k < page->n_places; k++) {
			fputs(PREFIX "place_committed_bytes", to);
			print_labels(
				&list->processes[i], page->place[k].name, to);
			fprintf(to, "%" PRIu64 "\n", page->place[k].committed);
		}
	}
}

void
vmm_stat_print_metrics(const struct vmm_live_list *list, FILE *to)
{
	for (const struct vmm_live_number *number = vmm_live_numbers;
		number->name != NULL; number++)
		print_number(list, number, to);
	print_resident(list, to);
	print_places(list, to);
	fputs("# EOF\n", to);
}
