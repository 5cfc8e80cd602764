/* SPDX-License-Identifier: BSD-3-Clause */
/* A heap profile for speedscope: its own format, with two profiles. */
#include "config.h"

#include "cli/cli.h"
#include "cli/json_text.h"
#include "cli/profile/profile.h"
#include "cli/profile/symbols.h"
#include "cli/speedscope.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* The number of the function among those so far. */
static json_int_t
number_of(json_t *numbers, json_t *frames, const struct vmm_frame *frame)
{
	json_t *number = json_object_get(numbers, frame->name);
	json_t *text;

	if (number != NULL)
		return json_integer_value(number);
	number = json_integer((json_int_t)json_array_size(frames));
	text = vmm_json_text(frame->name);
	json_array_append_new(frames,
		json_pack("{s:o, s:o}", "name", text, "file",
			vmm_json_text(frame->file)));
	/* other bytes than UTF-8 are a frame each time */
	json_object_set(numbers, frame->name, number);
	json_decref(number);
	return (json_int_t)json_array_size(frames) - 1;
}

/* The outermost function first. */
static json_t *
stack_of(const struct vmm_profile *profile, struct vmm_symbols *symbols,
	const struct vmm_profile_site *site, json_t *numbers, json_t *frames)
{
	json_t *stack = json_array();

	for (size_t i = site->depth; i > 0; i--) {
		struct vmm_frame frame = vmm_symbols_find(
			symbols, profile->addresses[site->first + i - 1]);

		json_array_append_new(stack,
			json_integer(number_of(numbers, frames, &frame)));
	}
	return stack;
}

/* One profile, of live or of allocated bytes. */
static json_t *
profile_of(const struct vmm_profile *profile, json_t *stacks, const char *name,
	bool is_live)
{
	json_t *samples = json_array(), *weights = json_array();

	for (size_t i = 0; i < profile->n_sites; i++) {
		const struct vmm_profile_site *site = &profile->sites[i];
		json_int_t bytes =
			is_live ? site->live.bytes : site->allocated.bytes;

		if (bytes <= 0)
			continue;
		json_array_append(samples, json_array_get(stacks, i));
		json_array_append_new(weights, json_integer(bytes));
	}
	return vmm_speedscope_profile(name, samples, weights);
}

int
vmm_profile_write_speedscope(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, const char *path, const char *title)
{
	json_t *numbers = json_object(), *frames = json_array();
	json_t *stacks = json_array(), *profiles;
	json_t *all;
	int err;

	for (size_t i = 0; i < profile->n_sites; i++)
		json_array_append_new(stacks,
			stack_of(profile, symbols, &profile->sites[i], numbers,
				frames));
	profiles = json_array();
	json_array_append_new(
		profiles, profile_of(profile, stacks, "live", true));
	json_array_append_new(
		profiles, profile_of(profile, stacks, "allocated", false));
	all = vmm_speedscope_file(title, frames, profiles);
	errno = 0;
	err = all != NULL ? json_dump_file(all, path, JSON_COMPACT) : -1;
	if (err != 0)
		vmm_complain("cannot write '%s': %s", path,
			errno != 0 ? strerror(errno) : "out of memory");
	json_decref(all);
	json_decref(stacks);
	json_decref(numbers);
	return err;
}
