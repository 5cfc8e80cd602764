/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of processes as JSON; see stat.h. */
#include "config.h"

#include "cli/json_text.h"
#include "cli/live/number.h"
#include "cli/live/stat.h"

#define SCHEMA 1

/* JSON has no unsigned numbers of 64 bits; one that is not known is null. */
static json_t *
number_of(uint64_t value)
{
	return value <= INT64_MAX ? json_integer((json_int_t)value)
				  : json_null();
}

static json_t *
places_of(const struct vmmalloc_page *page)
{
	json_t *places = json_array();

	for (unsigned int i = 0; i < page->n_places; i++) {
		const struct vmmalloc_page_place *place = &page->place[i];
		json_t *object = json_object();

		json_object_set_new(
			object, "place", vmm_json_text(place->name));
		json_object_set_new(
			object, "reserved", number_of(place->reserved));
		json_object_set_new(
			object, "committed", number_of(place->committed));
		json_object_set_new(object, "free", number_of(place->free));
		json_object_set_new(object, "spills", number_of(place->spills));
		json_array_append_new(places, object);
	}
	return places;
}

static json_t *
process_of(const struct vmm_live_process *process)
{
	const struct vmmalloc_page *page = &process->page;
	json_t *object = json_object();
	int64_t ms = vmm_live_age_ms(page);

	json_object_set_new(object, "pid", json_integer(process->pid));
	json_object_set_new(object, "parent", json_integer(process->parent));
	json_object_set_new(object, "name", vmm_json_text(process->name));
	json_object_set_new(object, "library_version",
		vmm_json_text(page->library_version));
	json_object_set_new(object, "backend", vmm_json_text(page->backend));
	json_object_set_new(object, "backend_version",
		vmm_json_text(page->backend_version));
	json_object_set_new(object, "is_live",
		json_boolean(page->state == VMMALLOC_PAGE_LIVE));
	json_object_set_new(
		object, "age_ms", ms >= 0 ? json_integer(ms) : json_null());
	json_object_set_new(object, "fork_mode", json_integer(page->fork_mode));
	json_object_set_new(object, "resident", number_of(process->resident));
	for (const struct vmm_live_number *number = vmm_live_numbers;
		number->name != NULL; number++)
		json_object_set_new(object, number->name,
			number_of(vmm_live_number_of(page, number)));
	json_object_set_new(object, "places", places_of(page));
	return object;
}

void
vmm_stat_print_json(const struct vmm_live_list *list, FILE *to)
{
	json_t *all = json_object();
	json_t *processes = json_array();

	json_object_set_new(all, "schema", json_integer(SCHEMA));
	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(
			processes, process_of(&list->processes[i]));
	json_object_set_new(all, "processes", processes);
	json_dumpf(all, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(all);
}
