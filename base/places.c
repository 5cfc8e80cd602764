/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of places; see places.h. No allocation here. */
#include "config.h"

#include "base/places.h"

#include "base/checked.h"
#include "base/parse.h"

#include <errno.h>
#include <string.h>

#define WEIGHT_MAX 1000
#define STRIPE_MIN ((size_t)2 << 20)
#define PLAIN_MIN ((size_t)1 << 20) /* without a letter */

/* Whether the text is a size, and not the number of a node. */
static bool
is_size(const char *text, size_t *size)
{
	size_t n = strlen(text);

	if (n == 0 || vmm_parse_size(text, size) != 0)
		return false;
	return text[n - 1] > '9' || *size >= PLAIN_MIN;
}

bool
vmm_places_is_list(const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t size;

	return colon != NULL && is_size(colon + 1, &size);
}

/* Adds the place that ends at end; false if it has no size yet. */
static bool
add_place(struct vmm_places *places, char *start, char *end)
{
	struct vmm_sized_place *place = &places->place[places->n];
	char last = *end;
	char *colon;

	*end = '\0';
	colon = strrchr(start, ':');
	if (colon == NULL || colon == start ||
		!is_size(colon + 1, &place->size)) {
		*end = last;
		return false;
	}
	*colon = '\0';
	place->text = start;
	places->n++;
	return true;
}

int
vmm_places_split(struct vmm_places *places, char *text)
{
	char *start = text;
	char *at = text;

	places->n = 0;
	while (places->n < VMM_PLACES_MAX) {
		char *comma = strchr(at, ',');
		char *end = comma != NULL ? comma : at + strlen(at);

		if (add_place(places, start, end))
			start = end + 1;
		else if (comma == NULL)
			break;
		if (comma == NULL)
			return 0;
		at = end + 1;
	}
	errno = EINVAL;
	return -1;
}

int
vmm_places_total(const struct vmm_places *places, size_t *size)
{
	*size = 0;
	for (unsigned int i = 0; i < places->n; i++)
		if (vmm_add_overflows(*size, places->place[i].size, size)) {
			errno = ERANGE;
			return -1;
		}
	return 0;
}

#define HOLE ((size_t)2 << 20)
#define GIANT ((size_t)1 << 30)

size_t
vmm_places_take(size_t size, size_t *offset)
{
	size_t first = vmm_align_up(*offset, size < GIANT ? HOLE : GIANT);

	*offset = first + vmm_align_up(size, HOLE) + HOLE;
	return first;
}

/* Weights, with colons between them. */
static int
parse_weights(struct vmm_placement *placement, const char *text)
{
	char copy[sizeof(placement->text)];
	char *at = copy;

	memcpy(copy, text, strlen(text) + 1);
	while (placement->n_weights < VMM_PLACES_MAX) {
		char *colon = strchr(at, ':');
		int weight;

		if (colon != NULL)
			*colon = '\0';
		if (vmm_parse_int(at, 1, WEIGHT_MAX, &weight) != 0)
			break;
		placement->weight[placement->n_weights++] =
			(unsigned int)weight;
		if (colon == NULL)
			return 0;
		at = colon + 1;
	}
	return -1;
}

int
vmm_placement_parse(struct vmm_placement *placement, const char *text)
{
	static const char ratio[] = "ratio=", threshold[] = "threshold=",
			  stripe[] = "stripe=";
	size_t n = strlen(text);

	*placement = (struct vmm_placement){ .kind = VMM_PLACEMENT_OVERFLOW };
	if (n >= sizeof(placement->text))
		goto out_einval;
	memcpy(placement->text, text, n + 1);
	if (strcmp(text, "overflow") == 0)
		return 0;
	placement->kind = VMM_PLACEMENT_RATIO;
	if (strcmp(text, "ratio") == 0)
		return 0;
	if (strncmp(text, ratio, sizeof(ratio) - 1) == 0 &&
		parse_weights(placement, text + sizeof(ratio) - 1) == 0)
		return 0;
	placement->kind = VMM_PLACEMENT_THRESHOLD;
	if (strncmp(text, threshold, sizeof(threshold) - 1) == 0 &&
		vmm_parse_size(
			text + sizeof(threshold) - 1, &placement->size) == 0 &&
		placement->size > 0)
		return 0;
	placement->kind = VMM_PLACEMENT_STRIPE;
	placement->size = 0;
	if (strcmp(text, "stripe") == 0)
		return 0;
	if (strncmp(text, stripe, sizeof(stripe) - 1) == 0 &&
		vmm_parse_size(text + sizeof(stripe) - 1, &placement->size) ==
			0 &&
		placement->size >= STRIPE_MIN &&
		vmm_is_power_of_two(placement->size))
		return 0;
out_einval:
	errno = EINVAL;
	return -1;
}
