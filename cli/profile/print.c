/* SPDX-License-Identifier: BSD-3-Clause */
/* The top sites of a heap profile, as text. */
#include "config.h"

#include "cli/cli.h"
#include "cli/profile/profile.h"
#include "cli/profile/symbols.h"
#include "cli/table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define MIB (1024.0 * 1024)
#define FRAMES_MAX 12 /* of a stack that are printed */

static bool is_by_allocated;

static int64_t
key_of(const struct vmm_profile_site *site)
{
	return is_by_allocated ? site->allocated.bytes : site->live.bytes;
}

/* The largest first; otherwise as in the file. */
static int
compare(const void *a, const void *b)
{
	const struct vmm_profile_site *const *one = a, *const *other = b;

	if (key_of(*one) != key_of(*other))
		return key_of(*one) > key_of(*other) ? -1 : 1;
	return *one < *other ? -1 : *one > *other;
}

static void
print_head(
	const struct vmm_profile *profile, const struct vmm_profile_site *sum)
{
	printf("process %ld, backend %s, %.3f s, a sample every %.1f KiB\n",
		profile->pid,
		profile->backend != NULL ? profile->backend : "unknown",
		(double)profile->ms / 1e3, (double)profile->rate / 1024);
	printf("live: %.2f MiB in %" PRId64 " blocks\n",
		(double)sum->live.bytes / MIB, sum->live.blocks);
	printf("allocated: %.2f MiB in %" PRId64 " blocks\n",
		(double)sum->allocated.bytes / MIB, sum->allocated.blocks);
	if (profile->lost > 0)
		printf("%" PRIu64 " samples were lost for lack of memory\n",
			profile->lost);
}

static void
add_lifetime(struct vmm_table *table, const char *name,
	const struct vmm_profile_amount *amount,
	const struct vmm_profile_site *sum)
{
	if (amount->blocks == 0)
		return;
	vmm_table_add(table, "%s", name);
	vmm_table_add(table, "%" PRId64, amount->blocks);
	vmm_table_add(table, "%.2f", (double)amount->bytes / MIB);
	vmm_table_add(table, "%.1f",
		100.0 * (double)amount->bytes /
			(double)(sum->allocated.bytes > 0 ? sum->allocated.bytes
							  : 1));
}

static void
print_lifetimes(const struct vmm_profile_site *sum)
{
	struct vmm_profile_amount kept = vmm_profile_kept(sum);
	struct vmm_table table;

	vmm_table_init(&table, "lrrr");
	vmm_table_add(&table, "lifetime");
	vmm_table_add(&table, "blocks");
	vmm_table_add(&table, "MiB");
	vmm_table_add(&table, "%%");
	for (int k = 0; k < VMM_PROFILE_LIFETIMES; k++)
		add_lifetime(
			&table, vmm_profile_lifetimes[k], &sum->freed[k], sum);
	add_lifetime(&table, "not freed", &kept, sum);
	putchar('\n');
	vmm_table_print(&table, stdout);
	vmm_table_free(&table);
}

static void
print_site(const struct vmm_profile *profile, struct vmm_symbols *symbols,
	const struct vmm_profile_site *site, int64_t all)
{
	printf("\n%.2f MiB, %.1f %%: live %.2f MiB in %" PRId64
	       ", allocated %.2f MiB in %" PRId64 "\n",
		(double)key_of(site) / MIB,
		100.0 * (double)key_of(site) / (double)(all > 0 ? all : 1),
		(double)site->live.bytes / MIB, site->live.blocks,
		(double)site->allocated.bytes / MIB, site->allocated.blocks);
	for (size_t i = 0; i < site->depth && i < FRAMES_MAX; i++) {
		struct vmm_frame frame = vmm_symbols_find(
			symbols, profile->addresses[site->first + i]);

		if (frame.is_known)
			printf("    %s (%s)\n", frame.name, frame.file);
		else
			printf("    %s\n", frame.name);
	}
	if (site->depth > FRAMES_MAX)
		printf("    and %zu more\n", site->depth - FRAMES_MAX);
}

void
vmm_profile_print(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, size_t top, int by_allocated)
{
	struct vmm_profile_site sum = vmm_profile_sum(profile);
	const struct vmm_profile_site **sorted =
		vmm_array_new(profile->n_sites, sizeof(*sorted));

	is_by_allocated = by_allocated;
	for (size_t i = 0; i < profile->n_sites; i++)
		sorted[i] = &profile->sites[i];
	qsort(sorted, profile->n_sites, sizeof(*sorted), compare);
	print_head(profile, &sum);
	print_lifetimes(&sum);
	for (size_t i = 0; i < profile->n_sites && i < top; i++) {
		if (key_of(sorted[i]) > 0)
			print_site(profile, symbols, sorted[i], key_of(&sum));
	}
	free(sorted);
}
