/* SPDX-License-Identifier: BSD-3-Clause */
/* vmmalloc profile: what is in a heap profile, and files for other viewers. */
#include "config.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/profile/profile.h"
#include "cli/profile/symbols.h"

#include <limits.h>

#define TOP_DEFAULT 10

static bool is_by_allocated;
static const char *pprof_path;
static const char *speedscope_path;
static const char *top_text;

static int
show(const char *path, size_t top)
{
	struct vmm_profile profile;
	struct vmm_symbols *symbols;
	int err = 0;

	if (vmm_profile_read(&profile, path) != 0)
		return VMM_EXIT_FAILED;
	symbols = vmm_symbols_new(&profile);
	if (pprof_path != NULL)
		err |= vmm_profile_write_pprof(&profile, symbols, pprof_path);
	if (speedscope_path != NULL)
		err |= vmm_profile_write_speedscope(
			&profile, symbols, speedscope_path, path);
	if (pprof_path == NULL && speedscope_path == NULL)
		vmm_profile_print(&profile, symbols, top, is_by_allocated);
	vmm_symbols_free(symbols);
	vmm_profile_free(&profile);
	return err == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	int top = TOP_DEFAULT;

	(void)pool;
	if (arguments[0] == NULL || arguments[1] != NULL) {
		vmm_complain("profile: give one FILE; see 'vmmalloc help "
			     "profile'");
		return VMM_EXIT_USAGE;
	}
	if (top_text != NULL &&
		vmm_parse_int(top_text, 0, INT_MAX, &top) != 0) {
		vmm_complain("bad --top '%s': must be a number", top_text);
		return VMM_EXIT_USAGE;
	}
	return show(arguments[0], (size_t)top);
}

static const struct vmm_option options[] = {
	{ .letter = 'a',
		.name = "allocated",
		.meaning = "the sites that have allocated most, instead of "
			   "those that hold most at the end",
		.flag = &is_by_allocated },
	{ .letter = 'n',
		.name = "top",
		.value = "N",
		.meaning = "print this many sites [10]",
		.text = &top_text },
	{ .letter = 'o',
		.name = "output",
		.value = "FILE",
		.meaning = "write it for pprof, with names of functions, and "
			   "print nothing",
		.text = &pprof_path },
	{ .letter = 's',
		.name = "speedscope",
		.value = "FILE",
		.meaning = "write it for speedscope, and print nothing",
		.text = &speedscope_path },
	{ .name = NULL },
};

const struct vmm_command vmm_command_profile = {
	.name = "profile",
	.summary = "show which functions hold and allocate memory",
	.arguments = "FILE",
	.description =
		"Prints the call sites that hold most of the memory in a heap "
		"profile, which a program under vmmalloc run --profile writes "
		"when it exits, and how long its blocks lived.",
	.options = options,
	.usage_status = VMM_EXIT_USAGE,
	.run = run,
};
