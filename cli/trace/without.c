/* SPDX-License-Identifier: BSD-3-Clause */
/* The place of all other files here, if there is no zstd; see trace.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/replay/replay.h"
#include "cli/trace/sizes.h"
#include "cli/trace/trace.h"

int
vmm_trace_check(const char *command)
{
	vmm_complain(
		"%s: this vmmalloc was built without zstd, which "
		"compresses traces; install libzstd-dev and build it again",
		command);
	return VMM_EXIT_FAILED;
}

int
vmm_trace_print(const char *path, const char *order, const char *html)
{
	(void)html;
	(void)path;
	(void)order;
	return vmm_trace_check("trace");
}

int
vmm_trace_print_csv(const char *path)
{
	(void)path;
	return vmm_trace_check("trace");
}

int
vmm_trace_export(const char *path, const char *form, const char *output)
{
	(void)path;
	(void)form;
	(void)output;
	return vmm_trace_check("trace");
}

int
vmm_sizes_add(struct vmm_sizes *sizes, const char *path)
{
	(void)sizes;
	(void)path;
	return vmm_trace_check("compare --sizes");
}

int
vmm_replay_here(const char *speed, const char *path)
{
	(void)speed;
	(void)path;
	return vmm_trace_check("replay");
}

int
vmm_replay_all(const struct vmm_replay_choice *choice,
	const struct vmm_contender *contenders, size_t n)
{
	(void)choice;
	(void)contenders;
	(void)n;
	return vmm_trace_check("replay");
}
