/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files for speedscope (https://www.speedscope.app/file-format-schema.json), as
 * values of jansson. The arguments that are such values belong to the result.
 */
#ifndef VMM_CLI_SPEEDSCOPE_H
#define VMM_CLI_SPEEDSCOPE_H

#include <jansson.h>

/*
 * A profile of bytes: for each stack, numbers of frames with the outermost one
 * first, its weight.
 */
json_t *vmm_speedscope_profile(
	const char *name, json_t *samples, json_t *weights);

/* The whole file; the title may be any bytes. */
json_t *vmm_speedscope_file(
	const char *title, json_t *frames, json_t *profiles);

#endif /* VMM_CLI_SPEEDSCOPE_H */
