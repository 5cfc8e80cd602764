/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading the settings of memkind's memtier; see memtier.h. */
#include "config.h"

#include "cli/memtier.h"

#include "base/parse.h"
#include "base/places.h"
#include "cli/cli.h"
#include "cli/settings.h"
#include "libvmmalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NODES_VAR "MEMKIND_DAX_KMEM_NODES"
#define THRESHOLDS_VAR "MEMKIND_MEM_THRESHOLDS"
#define RATIO_MAX 1000 /* of a weight in VMMALLOC_PLACEMENT */

struct tier {
	const char *kind;
	const char *path;
	const char *limit;
	size_t ratio; /* 0: not given */
};

struct tiers {
	struct tier tier[VMM_PLACES_MAX];
	unsigned int n;
};

static int
refuse(const char *what, const char *why)
{
	vmm_complain("bad " VMM_MEMTIER_VAR " at '%s': %s", what, why);
	return -1;
}

/* NAME:VALUE */
static int
read_parameter(struct tier *tier, char *text)
{
	char *value = strchr(text, ':');
	const char **field = NULL;

	if (value == NULL || value[1] == '\0')
		return refuse(text, "not NAME:VALUE");
	*value++ = '\0';
	if (strcmp(text, "RATIO") == 0) {
		if (tier->ratio != 0 ||
			strspn(value, "0123456789") != strlen(value) ||
			vmm_parse_size(value, &tier->ratio) != 0 ||
			tier->ratio == 0)
			return refuse(
				value, "RATIO must be one number, 1 or more");
		return 0;
	}
	if (strcmp(text, "KIND") == 0)
		field = &tier->kind;
	else if (strcmp(text, "PATH") == 0)
		field = &tier->path;
	else if (strcmp(text, "PMEM_SIZE_LIMIT") == 0)
		field = &tier->limit;
	if (field == NULL)
		return refuse(
			text, "must be KIND, PATH, PMEM_SIZE_LIMIT or RATIO");
	if (*field != NULL)
		return refuse(text, "given twice for one tier");
	*field = value;
	return 0;
}

static int
read_tier(struct tiers *tiers, char *text)
{
	struct tier *tier = &tiers->tier[tiers->n];
	char *whole = vmm_text("%s", text);
	char *parameter;
	int r = 0;

	if (tiers->n == VMM_PLACES_MAX) {
		r = refuse(text, "a pool has at most 8 places");
		goto out;
	}
	*tier = (struct tier){ .kind = NULL };
	while (r == 0 && (parameter = strsep(&text, ",")) != NULL)
		r = read_parameter(tier, parameter);
	if (r != 0)
		goto out;
	if (tier->kind == NULL || tier->ratio == 0)
		r = refuse(whole, "a tier needs KIND and RATIO");
	else if ((tier->path != NULL) != (strcmp(tier->kind, "FS_DAX") == 0))
		r = refuse(
			whole, "FS_DAX needs PATH, and no other kind has it");
	else if (tier->limit != NULL && tier->path == NULL)
		r = refuse(whole, "only FS_DAX has PMEM_SIZE_LIMIT");
	tiers->n++;
out:
	free(whole);
	return r;
}

/* The place of a tier, for free(3); NULL after a complaint. */
static char *
find_place(const struct tier *tier)
{
	const char *nodes = getenv(NODES_VAR);

	if (strcmp(tier->kind, "DRAM") == 0)
		return vmm_text("ram");
	if (tier->path != NULL) /* begin with ./ what could be a place */
		return vmm_text(
			"%s%s", tier->path[0] == '/' ? "" : "./", tier->path);
	if (strcmp(tier->kind, "KMEM_DAX") == 0) {
		if (nodes != NULL && nodes[0] != '\0')
			return vmm_text("node:%s", nodes);
		refuse(tier->kind,
			"which nodes these are is not found out here; name "
			"them in " NODES_VAR ", or use --tiers with node:LIST");
		return NULL;
	}
	refuse(tier->kind, "KIND must be DRAM, FS_DAX or KMEM_DAX");
	return NULL;
}

/* Adds ",PLACE:SIZE" to the list, which it frees; NULL after a complaint. */
static char *
add_place(char *list, const struct tier *tier)
{
	char *place = find_place(tier);
	char *path = place != NULL ? vmm_settings_resolve_dir(place) : NULL;
	char *longer = NULL;
	size_t size;

	if (path != NULL &&
		vmm_settings_resolve_size(tier->limit, path, &size) == 0)
		longer = vmm_text("%s%s%s:%zu", list,
			list[0] != '\0' ? "," : "", path, size);
	free(place);
	free(path);
	free(list);
	return longer;
}

static size_t
find_common_divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* "ratio=N:N", for free(3); NULL after a complaint. */
static char *
make_placement(const struct tiers *tiers)
{
	char *placement = vmm_text("ratio=");
	size_t divisor = 0;

	for (unsigned int i = 0; i < tiers->n; i++)
		divisor = find_common_divisor(tiers->tier[i].ratio, divisor);
	for (unsigned int i = 0; i < tiers->n; i++) {
		size_t weight = tiers->tier[i].ratio / divisor;
		char *longer = vmm_text(
			"%s%s%zu", placement, i > 0 ? ":" : "", weight);

		free(placement);
		placement = longer;
		if (weight > RATIO_MAX) {
			refuse(placement,
				"no number may be above 1000 when "
				"the ratio is in lowest terms");
			free(placement);
			return NULL;
		}
	}
	return placement;
}

static int
read_policy(char *text)
{
	if (strcmp(text, "POLICY:STATIC_RATIO") == 0)
		return 0;
	if (strcmp(text, "POLICY:DYNAMIC_THRESHOLD") == 0)
		return refuse(text,
			"a threshold that moves has no counterpart, and "
			"extents are placed here, not blocks; use "
			"STATIC_RATIO, or --tiers with --placement "
			"threshold=SIZE");
	return refuse(text, "POLICY must come last, and be STATIC_RATIO");
}

static int
export_places(const struct tiers *tiers)
{
	char *list = vmm_text("%s", "");
	char *placement;

	if (tiers->n == 1 && tiers->tier[0].limit == NULL) {
		free(list);
		list = find_place(&tiers->tier[0]);
		if (list != NULL)
			setenv(VMMALLOC_POOL_DIR_VAR, list, 1);
		free(list);
		return list != NULL ? 0 : -1;
	}
	for (unsigned int i = 0; i < tiers->n && list != NULL; i++)
		list = add_place(list, &tiers->tier[i]);
	placement = list != NULL ? make_placement(tiers) : NULL;
	if (placement != NULL) {
		setenv(VMMALLOC_TIERS_VAR, list, 1);
		if (tiers->n > 1)
			setenv(VMMALLOC_PLACEMENT_VAR, placement, 0);
	}
	free(list);
	free(placement);
	return placement != NULL ? 0 : -1;
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

int
vmm_memtier_convert(void)
{
	struct tiers tiers = { .n = 0 };
	char *text, *rest;
	char *part;
	int r = 0;

	if (!is_set(VMM_MEMTIER_VAR) || is_set(VMMALLOC_TIERS_VAR) ||
		is_set(VMMALLOC_POOL_DIR_VAR))
		return 0;
	if (is_set(THRESHOLDS_VAR)) {
		vmm_complain("bad " THRESHOLDS_VAR " '%s': a threshold that "
			     "moves has no counterpart; unset it",
			getenv(THRESHOLDS_VAR));
		return -1;
	}
	text = vmm_text("%s", getenv(VMM_MEMTIER_VAR));
	rest = text;
	part = strsep(&rest, ";");
	while (r == 0 && rest != NULL) {
		r = read_tier(&tiers, part);
		part = strsep(&rest, ";");
	}
	if (r == 0)
		r = read_policy(part);
	if (r == 0 && tiers.n == 0)
		r = refuse(part, "there is no tier");
	if (r == 0)
		r = export_places(&tiers);
	free(text);
	return r;
}
