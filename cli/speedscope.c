/* SPDX-License-Identifier: BSD-3-Clause */
/* Files for speedscope; see speedscope.h. */
#include "config.h"

#include "cli/speedscope.h"

#include "cli/json_text.h"

#define SCHEMA "https://www.speedscope.app/file-format-schema.json"

json_t *
vmm_speedscope_profile(const char *name, json_t *samples, json_t *weights)
{
	json_int_t all = 0;

	for (size_t i = 0; i < json_array_size(weights); i++)
		all += json_integer_value(json_array_get(weights, i));
	return json_pack("{s:s, s:s, s:s, s:i, s:I, s:o, s:o}", "type",
		"sampled", "name", name, "unit", "bytes", "startValue", 0,
		"endValue", all, "samples", samples, "weights", weights);
}

json_t *
vmm_speedscope_file(const char *title, json_t *frames, json_t *profiles)
{
	return json_pack("{s:s, s:s, s:o, s:i, s:{s:o}, s:o}", "$schema",
		SCHEMA, "exporter", "vmmalloc " PACKAGE_VERSION, "name",
		vmm_json_text(title), "activeProfileIndex", 0, "shared",
		"frames", frames, "profiles", profiles);
}
