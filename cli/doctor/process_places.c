/* SPDX-License-Identifier: BSD-3-Clause */
/* The places of a pool in a process; see process.h. */
#include "config.h"

#include "base/parse.h"
#include "base/place.h"
#include "cli/cli.h"
#include "cli/doctor/process.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HUGE_PAGE ((uintptr_t)2 << 20)

/* The layout of the pool: each part from its start on. */
struct layout {
	unsigned int n;
	size_t start[VMM_PLACES_MAX], size[VMM_PLACES_MAX];
	size_t reserved; /* bytes, without the page before and behind it */
};

static bool
is_in_memory(const char *text)
{
	struct vmm_place place;

	return vmm_place_parse(&place, text) == 0 &&
		place.kind != VMM_PLACE_PATH;
}

static char *
resolve(const char *text)
{
	char *path = is_in_memory(text) ? NULL : realpath(text, NULL);

	return path != NULL ? path : vmm_text("%s", text);
}

/* Fills in the names and the layout; false if there is one directory. */
static bool
read_places(struct vmm_process *p, struct layout *layout)
{
	const char *tiers = vmm_process_getenv(p, VMMALLOC_TIERS_VAR, "");
	const char *dir = vmm_process_getenv(p, VMMALLOC_POOL_DIR_VAR, "");
	const char *size = vmm_process_getenv(p, VMMALLOC_POOL_SIZE_VAR, "");
	char *text = vmm_text("%s", tiers[0] != '\0' ? tiers : dir);
	struct vmm_places places = { .n = 0 };

	*layout = (struct layout){ .n = 0 };
	if (vmm_places_is_list(text)) {
		vmm_places_split(&places, text);
	} else if (is_in_memory(text) &&
		vmm_parse_size(size, &places.place[0].size) == 0) {
		places.place[0].text = text;
		places.n = 1;
	}
	p->is_in_memory = places.n > 0;
	for (unsigned int i = 0; i < places.n; i++) {
		p->is_in_memory &= is_in_memory(places.place[i].text);
		p->place[i].text = resolve(places.place[i].text);
		layout->size[i] = places.place[i].size;
		layout->start[i] =
			vmm_places_take(layout->size[i], &layout->reserved);
	}
	if (places.n == 1)
		layout->reserved = layout->size[0];
	p->n_places = layout->n = places.n;
	free(text);
	return places.n > 0;
}

/* The mappings of a text of smaps, for free(3). */
static struct vmm_area *
read_areas(char *text, size_t *n)
{
	struct vmm_area *areas = NULL;
	struct vmm_area area;
	char *line;

	*n = 0;
	while ((line = strsep(&text, "\n")) != NULL) {
		if (!vmm_area_parse(line, &area))
			continue;
		areas = vmm_array_resize(areas, *n + 1, sizeof(*areas));
		areas[(*n)++] = area;
	}
	return areas;
}

/* By a file, in one of the places. */
static uintptr_t
find_by_file(const struct vmm_process *p, const struct layout *layout,
	const struct vmm_area *areas, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		for (unsigned int i = 0; i < p->n_places; i++) {
			if (areas[k].rights[0] == 'r' &&
				vmm_area_is_pool(&areas[k], p->place[i].text))
				return areas[k].start - areas[k].offset -
					layout->start[i];
		}
	}
	return 0;
}

static bool
is_closed(const struct vmm_area *area)
{
	return strcmp(area->rights, "---p") == 0 && area->path[0] == '\0';
}

/*
 * By the shape of the reserved addresses: a page without rights is before them,
 * and one behind them.
 */
static uintptr_t
find_by_shape(
	const struct layout *layout, const struct vmm_area *areas, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		uintptr_t base = areas[k].start;
		uintptr_t end = base + layout->reserved;

		if (areas[k].rights[0] != 'r' || areas[k].path[0] != '\0' ||
			base % HUGE_PAGE != 0 || !is_closed(&areas[k - 1]) ||
			areas[k - 1].end != base)
			continue;
		for (size_t last = k; last < n && areas[last].start <= end;
			last++) {
			if (areas[last].end > end && is_closed(&areas[last]))
				return base;
		}
	}
	return 0;
}

void
vmm_process_find_places(struct vmm_process *p, const char *maps)
{
	const char *placement =
		vmm_process_getenv(p, VMMALLOC_PLACEMENT_VAR, "");
	char *text = vmm_text("%s", maps);
	struct layout layout;
	struct vmm_area *areas;
	uintptr_t base;
	size_t n;

	if (!read_places(p, &layout)) {
		free(text);
		return;
	}
	areas = read_areas(text, &n);
	base = find_by_file(p, &layout, areas, n);
	if (base == 0)
		base = find_by_shape(&layout, areas, n);
	if (base != 0) {
		p->start = base;
		p->end = base + layout.reserved;
	}
	/* the places of stripes are mixed */
	for (unsigned int i = 0; base != 0 && i < layout.n &&
		strncmp(placement, "stripe", 6) != 0;
		i++) {
		p->place[i].start = base + layout.start[i];
		p->place[i].end = p->place[i].start + layout.size[i];
	}
	free(areas);
	free(text);
}
