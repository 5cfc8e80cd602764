/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading a heap profile; see profile.h. The file may be any. */
#include "config.h"

#include "cli/cli.h"
#include "cli/profile/profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const vmm_profile_lifetimes[VMM_PROFILE_LIFETIMES] = {
	"under 1 ms",
	"under 10 ms",
	"under 100 ms",
	"under 1 s",
	"under 10 s",
	"under 100 s",
	"under 1000 s",
	"1000 s or more",
};

static void
add_address(struct vmm_profile *profile, uint64_t address)
{
	if ((profile->n_addresses & (profile->n_addresses - 1)) == 0)
		profile->addresses = vmm_array_resize(profile->addresses,
			2 * profile->n_addresses + 1, sizeof(uint64_t));
	profile->addresses[profile->n_addresses++] = address;
}

static void
read_stack(struct vmm_profile *profile, struct vmm_profile_site *site,
	const char *text)
{
	char *end;

	site->first = profile->n_addresses;
	for (;;) {
		uint64_t address = strtoull(text, &end, 16);

		if (end == text)
			break;
		add_address(profile, address);
		text = end;
	}
	site->depth = profile->n_addresses - site->first;
}

static bool
read_site(struct vmm_profile *profile, const char *line)
{
	struct vmm_profile_site site = { .first = 0 };
	int n = 0;

	if (sscanf(line,
		    "%" SCNd64 ": %" SCNd64 " [%" SCNd64 ": %" SCNd64 "] @%n",
		    &site.live.blocks, &site.live.bytes, &site.allocated.blocks,
		    &site.allocated.bytes, &n) != 4 ||
		n == 0)
		return false;
	read_stack(profile, &site, line + n);
	if ((profile->n_sites & (profile->n_sites - 1)) == 0)
		profile->sites = vmm_array_resize(
			profile->sites, 2 * profile->n_sites + 1, sizeof(site));
	profile->sites[profile->n_sites++] = site;
	return true;
}

static void
read_freed(struct vmm_profile *profile, const char *text)
{
	struct vmm_profile_site *site;
	int n = 0;

	if (profile->n_sites == 0)
		return;
	site = &profile->sites[profile->n_sites - 1];
	for (int i = 0; i < VMM_PROFILE_LIFETIMES; i++, text += n)
		if (sscanf(text, "%" SCNd64 ":%" SCNd64 "%n",
			    &site->freed[i].blocks, &site->freed[i].bytes,
			    &n) != 2)
			return;
}

static void
read_comment(struct vmm_profile *profile, const char *line)
{
	char name[201];

	if (strncmp(line, "# freed ", 8) == 0)
		read_freed(profile, line + 8);
	else if (sscanf(line, "# backend %200s", name) == 1 &&
		profile->backend == NULL)
		profile->backend = vmm_text("%s", name);
	else if (sscanf(line, "# rate %" SCNu64, &profile->rate) == 0 &&
		sscanf(line, "# pid %ld", &profile->pid) == 0 &&
		sscanf(line, "# ms %" SCNu64, &profile->ms) == 0)
		(void)sscanf(line, "# lost %" SCNu64, &profile->lost);
}

static void
read_map(struct vmm_profile *profile, const char *line)
{
	struct vmm_profile_map map;
	char rights[5];
	int n = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
		    &map.start, &map.end, rights, &map.offset, &n) != 4 ||
		n == 0 || rights[2] != 'x' || line[n] == '\0')
		return;
	map.file = vmm_text("%s", line + n);
	profile->maps = vmm_array_resize(
		profile->maps, profile->n_maps + 1, sizeof(map));
	profile->maps[profile->n_maps++] = map;
}

/* Reads all but the first line. Returns whether it is one of the library's. */
static bool
read_lines(struct vmm_profile *profile, FILE *file)
{
	bool is_ours = false, in_maps = false;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "# vmmalloc profile 1") == 0)
			is_ours = true;
		else if (strcmp(line, "MAPPED_LIBRARIES:") == 0)
			in_maps = true;
		else if (in_maps)
			read_map(profile, line);
		else if (line[0] == '#')
			read_comment(profile, line);
		else
			read_site(profile, line);
	}
	free(line);
	return is_ours && in_maps && ferror(file) == 0;
}

int
vmm_profile_read(struct vmm_profile *profile, const char *path)
{
	FILE *file = fopen(path, "re");
	char head[14];
	bool is_good;

	*profile = (struct vmm_profile){ .rate = 0 };
	if (file == NULL) {
		vmm_complain("cannot read '%s': %s", path, strerror(errno));
		return -1;
	}
	is_good = fread(head, 1, sizeof(head), file) == sizeof(head) &&
		memcmp(head, "heap profile: ", sizeof(head)) == 0;
	while (is_good && !feof(file) && fgetc(file) != '\n')
		;
	is_good = is_good && read_lines(profile, file);
	fclose(file);
	if (is_good)
		return 0;
	vmm_profile_free(profile);
	vmm_complain("cannot read '%s': it is no heap profile, or cut off; "
		     "vmmalloc run --profile makes one",
		path);
	return -1;
}

void
vmm_profile_free(struct vmm_profile *profile)
{
	for (size_t i = 0; i < profile->n_maps; i++)
		free(profile->maps[i].file);
	free(profile->maps);
	free(profile->addresses);
	free(profile->sites);
	free(profile->backend);
}

static void
add(struct vmm_profile_amount *to, const struct vmm_profile_amount *amount)
{
	to->blocks += amount->blocks;
	to->bytes += amount->bytes;
}

struct vmm_profile_site
vmm_profile_sum(const struct vmm_profile *profile)
{
	struct vmm_profile_site sum = { .first = 0 };

	for (size_t i = 0; i < profile->n_sites; i++) {
		const struct vmm_profile_site *site = &profile->sites[i];

		add(&sum.live, &site->live);
		add(&sum.allocated, &site->allocated);
		for (int k = 0; k < VMM_PROFILE_LIFETIMES; k++)
			add(&sum.freed[k], &site->freed[k]);
	}
	return sum;
}

struct vmm_profile_amount
vmm_profile_kept(const struct vmm_profile_site *site)
{
	struct vmm_profile_amount kept = site->allocated;

	for (int k = 0; k < VMM_PROFILE_LIFETIMES; k++) {
		kept.blocks -= site->freed[k].blocks;
		kept.bytes -= site->freed[k].bytes;
	}
	/* each number of the file is rounded */
	if (kept.blocks < 0)
		kept.blocks = 0;
	if (kept.bytes < 0)
		kept.bytes = 0;
	return kept;
}
