/* SPDX-License-Identifier: BSD-3-Clause */
/* Adding up the sizes in a trace; see sizes.h. */
#include "config.h"

#include "cli/trace/sizes.h"

#include "cli/cli.h"
#include "cli/trace/reader.h"

static int
get_class(uint64_t size)
{
	int k = 0;

	while (k < VMM_SIZES_CLASSES - 1 && size > UINT64_C(16) << 2 * k)
		k++;
	return k;
}

int
vmm_sizes_add(struct vmm_sizes *sizes, const char *path)
{
	struct vmm_trace_reader reader;
	struct vmm_trace_event event;

	if (vmm_trace_open(&reader, path) != 0)
		return VMM_EXIT_FAILED;
	while (vmm_trace_next(&reader, &event)) {
		int k = get_class(event.size);

		if (event.id == 0)
			continue;
		sizes->calls[k] += event.weight;
		sizes->bytes[k] += event.weight * event.size;
		sizes->all_calls += event.weight;
		sizes->all_bytes += event.weight * event.size;
	}
	vmm_trace_close(&reader);
	return VMM_EXIT_OK;
}
