/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A heap profile for pprof: the sample types of Go's heap profiles, and the
 * lifetime of allocated blocks as a label.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/pprof.h"
#include "cli/profile/profile.h"
#include "cli/profile/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
add_types(struct vmm_pprof *pprof, const struct vmm_profile *profile)
{
	vmm_pprof_sample_type(pprof, "alloc_objects", "count");
	vmm_pprof_sample_type(pprof, "alloc_space", "bytes");
	vmm_pprof_sample_type(pprof, "inuse_objects", "count");
	vmm_pprof_sample_type(pprof, "inuse_space", "bytes");
	vmm_pprof_default_type(pprof, "inuse_space");
	vmm_pprof_period(pprof, "space", "bytes", (int64_t)profile->rate);
	vmm_pprof_time(pprof, 0, (int64_t)profile->ms * 1000000);
	if (profile->backend != NULL) {
		char *text = vmm_text("libvmmalloc, backend %s, process %ld",
			profile->backend, profile->pid);

		vmm_pprof_comment(pprof, text);
		free(text);
	}
}

/* Mappings, of which pprof takes the first one as the program. */
static void
add_maps(struct vmm_pprof *pprof, const struct vmm_profile *profile,
	struct vmm_symbols *symbols, uint64_t *numbers)
{
	for (size_t i = 0; i < profile->n_maps; i++) {
		const struct vmm_profile_map *map = &profile->maps[i];

		numbers[i] = vmm_pprof_mapping(pprof,
			&(struct vmm_pprof_mapping){
				.start = map->start,
				.limit = map->end,
				.offset = map->offset,
				.file = map->file,
				.build_id = vmm_symbols_build_id(symbols, i),
			});
	}
}

/* The locations of a site's stack; locations has room for them. */
static void
add_stack(struct vmm_pprof *pprof, const struct vmm_profile *profile,
	struct vmm_symbols *symbols, const struct vmm_profile_site *site,
	const uint64_t *maps, uint64_t *locations)
{
	for (size_t i = 0; i < site->depth; i++) {
		uint64_t address = profile->addresses[site->first + i];
		struct vmm_frame frame = vmm_symbols_find(symbols, address);
		struct vmm_pprof_line line = {
			vmm_pprof_function(pprof, frame.name, NULL, 0), 0
		};

		locations[i] = vmm_pprof_location(pprof,
			frame.map != SIZE_MAX ? maps[frame.map] : 0,
			address - 1, &line, frame.is_known);
	}
}

static void
add_sample(struct vmm_pprof *pprof, const uint64_t *locations, size_t depth,
	const char *lifetime, const struct vmm_profile_amount *allocated,
	const struct vmm_profile_amount *live)
{
	struct vmm_pprof_label label = { .key = "lifetime", .text = lifetime };
	int64_t values[] = { allocated->blocks, allocated->bytes, live->blocks,
		live->bytes };

	if ((values[0] | values[1] | values[2] | values[3]) != 0)
		vmm_pprof_sample(pprof, locations, depth, values, &label, 1);
}

static void
add_site(struct vmm_pprof *pprof, const struct vmm_profile_site *site,
	const uint64_t *locations)
{
	static const struct vmm_profile_amount none = { 0, 0 };
	struct vmm_profile_amount kept = vmm_profile_kept(site);

	for (int k = 0; k < VMM_PROFILE_LIFETIMES; k++)
		add_sample(pprof, locations, site->depth,
			vmm_profile_lifetimes[k], &site->freed[k], &none);
	add_sample(
		pprof, locations, site->depth, "not freed", &kept, &site->live);
}

static int
write_file(const struct vmm_pprof *pprof, const char *path)
{
	FILE *file = fopen(path, "we");
	int err;

	if (file != NULL) {
		err = vmm_pprof_write(pprof, file);
		if (fclose(file) == 0 && err == 0)
			return 0;
	}
	vmm_complain("cannot write '%s': %s", path, strerror(errno));
	return -1;
}

int
vmm_profile_write_pprof(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, const char *path)
{
	struct vmm_pprof *pprof = vmm_pprof_new();
	uint64_t *maps = vmm_array_new(profile->n_maps, sizeof(*maps));
	uint64_t *locations =
		vmm_array_new(profile->n_addresses, sizeof(*locations));
	int err;

	add_types(pprof, profile);
	add_maps(pprof, profile, symbols, maps);
	for (size_t i = 0; i < profile->n_sites; i++) {
		const struct vmm_profile_site *site = &profile->sites[i];

		add_stack(pprof, profile, symbols, site, maps, locations);
		add_site(pprof, site, locations);
	}
	err = write_file(pprof, path);
	free(locations);
	free(maps);
	vmm_pprof_free(pprof);
	return err;
}
