/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The environment variables of libvmmalloc, read once. The table of them is
 * env_vars.h. No allocation here.
 */
#ifndef VMM_ENV_H
#define VMM_ENV_H

#include "base/parse.h"
#include "base/places.h"
#include "core/env_vars.h"
#include "libvmmalloc.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vmm_json;

#define VMM_POLICY_TEXT_MAX 256

/* The types of the table, and the fields that hold their values. */
enum vmm_env_type {
	VMM_ENV_PATH,
	VMM_ENV_PATHS,
	VMM_ENV_PLACE,
	VMM_ENV_PLACES,
	VMM_ENV_PLACEMENT,
	VMM_ENV_POLICY,
	VMM_ENV_NAME,
	VMM_ENV_SIZE,
	VMM_ENV_LIMIT,
	VMM_ENV_COMMIT,
	VMM_ENV_INT,
	VMM_ENV_BOOL,
	VMM_ENV_LEVEL,
	VMM_ENV_FLAG,
};
/* In the first four, what is pointed to belongs to the struct as well. */
#define VMM_ENV_FIELD_PATH(field) const char *field
#define VMM_ENV_FIELD_PATHS(field) const char *field
#define VMM_ENV_FIELD_PLACE(field) const char *field
#define VMM_ENV_FIELD_PLACES(field) const char *field
#define VMM_ENV_FIELD_PLACEMENT(field) struct vmm_placement field
#define VMM_ENV_FIELD_POLICY(field) char field[VMM_POLICY_TEXT_MAX]
#define VMM_ENV_FIELD_NAME(field) char field[VMM_BACKEND_NAME_MAX]
#define VMM_ENV_FIELD_SIZE(field) size_t field
#define VMM_ENV_FIELD_LIMIT(field) size_t field
#define VMM_ENV_FIELD_COMMIT(field) bool field
#define VMM_ENV_FIELD_INT(field) int field
#define VMM_ENV_FIELD_BOOL(field) bool field
#define VMM_ENV_FIELD_LEVEL(field) int field
#define VMM_ENV_FIELD_FLAG(field) bool field
#define VMM_ENV_FIELD(name, field, type, min, max, fallback, meaning) \
	VMM_ENV_FIELD_##type(field);

struct vmm_env_var {
	const char *name;
	enum vmm_env_type type;
	size_t min, max;
	const char *fallback; /* NULL: it must be set */
	size_t offset;	      /* of the field, in the struct that is filled */
	size_t size;	      /* of the field */
};
/* A row for fields of struct vmm_STRUCT. */
#define VMM_ENV_ROW(structure, id, field_, type_, min_, max_, fallback_) \
	{                                                                \
		.name = "VMMALLOC_" #id, .type = VMM_ENV_##type_,        \
		.min = (min_), .max = (max_), .fallback = (fallback_),   \
		.offset = offsetof(structure, field_),                   \
		.size = sizeof(((structure *)0)->field_),                \
	}

/* The values of VMMALLOC_FORK. */
enum vmm_fork_mode {
	VMM_FORK_NOTHING = 0,
	VMM_FORK_PRIVATE = 1,
	VMM_FORK_COPY = 2,
	VMM_FORK_COPY_OR_PRIVATE = 3,
};

/* The values of VMMALLOC_HUGE_PAGES. */
enum vmm_huge_pages {
	VMM_HUGE_PAGES_NEVER = 0,
	VMM_HUGE_PAGES_IF_FAST = 1,
	VMM_HUGE_PAGES_ALWAYS = 2,
};

/* Values of VMMALLOC_LIMIT that are no sizes. */
#define VMM_LIMIT_NONE ((size_t)0)
#define VMM_LIMIT_GROUP SIZE_MAX
#define VMM_LIMIT_GROUP_NAME "cgroup"

/* How many paths and places there are. */
#define VMM_ENV_TEXTS 4

/* Holds copies, because the program may change its environment. */
struct vmm_config {
	VMM_ENV_LIBRARY(VMM_ENV_FIELD)
	/* paths and places, one behind the other: few pages are touched */
	char text[VMM_ENV_TEXTS * PATH_MAX];
};

/*
 * Fills config from the environment. A bad value ends the process with one line
 * that names the variable and the value. In a set-user-ID program all variables
 * count as unset.
 */
void vmm_env_read(struct vmm_config *config);

/*
 * Does the same for n other variables; text has room for PATH_MAX bytes for
 * each path among them.
 */
void vmm_env_read_vars(
	const struct vmm_env_var *vars, size_t n, void *fields, char *text);

/* Adds a member for each variable of config to the object that is open. */
void vmm_env_report(const struct vmm_config *config, struct vmm_json *json);

/*
 * Writes which values the variable takes, "0 or 1" for example; cuts what does
 * not fit.
 */
void vmm_env_describe(const struct vmm_env_var *var, char *text, size_t size);

#endif /* VMM_ENV_H */
