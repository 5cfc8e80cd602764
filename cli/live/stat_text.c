/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of processes, for people; see stat.h. */
#include "config.h"

#include "cli/doctor/doctor.h"
#include "cli/live/number.h"
#include "cli/live/stat.h"

#include <inttypes.h>

static void
print_title(const struct vmm_live_process *process, FILE *to)
{
	const struct vmmalloc_page *page = &process->page;
	int64_t ms = vmm_live_age_ms(page);

	fprintf(to, "process %ld, %s: ", (long)process->pid, process->name);
	if (page->state == VMMALLOC_PAGE_LIVE)
		fprintf(to, "%s %s", page->backend, page->backend_version);
	else
		fputs("is starting", to);
	if (ms >= 0)
		fprintf(to, ", for %.1f s", (double)ms / 1000);
	fputc('\n', to);
}

static void
print_line(const char *label, uint64_t value, bool is_bytes, FILE *to)
{
	char text[VMM_DOCTOR_BYTES];

	fprintf(to, "  %-12s  ", label);
	if (value == VMMALLOC_PAGE_UNKNOWN)
		fputs("not known\n", to);
	else if (is_bytes)
		fprintf(to, "%s\n", vmm_doctor_bytes(text, value));
	else
		fprintf(to, "%" PRIu64 "\n", value);
}

static void
print_places(const struct vmmalloc_page *page, FILE *to)
{
	for (unsigned int i = 0; i < page->n_places; i++) {
		const struct vmmalloc_page_place *place = &page->place[i];
		char has[VMM_DOCTOR_BYTES], of[VMM_DOCTOR_BYTES];

		fprintf(to, "  %-12s  %s: %s of %s", i == 0 ? "places" : "",
			place->name, vmm_doctor_bytes(has, place->committed),
			vmm_doctor_bytes(of, place->reserved));
		if (place->spills > 0)
			fprintf(to, ", %" PRIu64 " extents from fuller places",
				place->spills);
		fputc('\n', to);
	}
}

void
vmm_stat_print_text(const struct vmm_live_list *list, FILE *to)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct vmm_live_process *process = &list->processes[i];

		if (i > 0)
			fputc('\n', to);
		print_title(process, to);
		for (const struct vmm_live_number *number = vmm_live_numbers;
			number->name != NULL; number++)
			print_line(number->label,
				vmm_live_number_of(&process->page, number),
				number->is_bytes, to);
		print_line("resident", process->resident, true, to);
		print_places(&process->page, to);
	}
}
