/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The contenders of a comparison: the system's allocator, libraries that are
 * preloaded, and backends.
 */
#ifndef VMM_CONTENDERS_H
#define VMM_CONTENDERS_H

#include "cli/command.h"
#include "cli/plugins.h"
#include "cli/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct vmm_sample;
struct vmm_series;
struct vmm_sweep_point;

enum vmm_contender_kind {
	VMM_CONTENDER_SYSTEM,  /* no preload */
	VMM_CONTENDER_LIBRARY, /* another allocator by preload */
	VMM_CONTENDER_BACKEND, /* libvmmalloc with this backend */
};

/* An allocator, with its settings, that is compared. */
struct vmm_contender {
	const char *name; /* its label, which no other has */
	enum vmm_contender_kind kind;
	const char *library; /* LIBRARY: absolute path; otherwise NULL */
	/* BACKEND; otherwise NULL: */
	const struct vmm_plugin *plugin;
	const struct vmm_settings *settings;
	char *const *variables; /* "VARIABLE=VALUE", set for its runs */
	size_t n_variables;
	const struct vmm_sweep_point *point; /* NULL: not of a sweep */
	struct vmm_sample *samples;	     /* without the warm-up */
	size_t n;
	struct vmm_series *series; /* of a warm-up run; NULL: none */
	bool has_failed; /* its output or status was not the reference's */
};

/* The options that name contenders. */
struct vmm_contender_choice {
	const char *list; /* separated by commas; NULL: not given */
	const struct vmm_values *with;
	const struct vmm_pool_choice *pool;
};

#define VMM_CONTENDER_OPTIONS(list_, with_)                                  \
	{ .letter = 'b',                                                     \
		.name = "backends",                                          \
		.value = "LIST",                                             \
		.meaning = "contenders separated by commas, written as for " \
			   "--with [system and all backends that load]",     \
		.text = &(list_) },                                          \
	{                                                                    \
		.letter = 'w', .name = "with", .value = "NAME",              \
		.meaning = "a contender, may be repeated: "                  \
			   "[LABEL=]NAME[@PLACE][+VARIABLE=VALUE]...; see "  \
			   "'vmmalloc help compare'",                        \
		.list = &(with_)                                             \
	}

/*
 * Returns an array of *n contenders: those in the list, then those of with; or,
 * if there is neither, the system's allocator and every backend that loads,
 * with a message about each backend that does not. Backends and libraries are
 * probed first. Returns NULL after a complaint or a signal. The contenders live
 * as long as the process.
 */
struct vmm_contender *vmm_contenders_choose(const struct vmm_settings *settings,
	const struct vmm_contender_choice *choice, size_t *n);

/*
 * Sets the environment of this process for a run of the contender. The system's
 * allocator and libraries get no variable of libvmmalloc.
 */
void vmm_contender_export(
	const struct vmm_contender *contender, const char *stats_file);

/*
 * The contender that ratios refer to: the first that is the system's allocator
 * if there is one, otherwise the first.
 */
const struct vmm_contender *vmm_contenders_base(
	const struct vmm_contender *contenders, size_t n);

#endif /* VMM_CONTENDERS_H */
