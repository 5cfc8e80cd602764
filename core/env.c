/* SPDX-License-Identifier: BSD-3-Clause */
/* The environment variables of libvmmalloc; see env.h. */
#include "config.h"

#include "core/env.h"

#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/place.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>

/* How a value that may be of any length is printed. */
#define VALUE "%.300s"

#define PREFIX "VMMALLOC_"

#define ROW(id, field, type, min, max, fallback, meaning) \
	VMM_ENV_ROW(struct vmm_config, id, field, type, min, max, fallback),
static const struct vmm_env_var vars[] = { VMM_ENV_LIBRARY(ROW) };
#define N_VARS (sizeof(vars) / sizeof(vars[0]))

/* Programs find each name in libvmmalloc.h. */
#define HAS_NAME(id, field, type, min, max, fallback, meaning)            \
	_Static_assert(sizeof(VMMALLOC_##id##_VAR) == sizeof(PREFIX #id), \
		"the name in libvmmalloc.h");
VMM_ENV_LIBRARY(HAS_NAME)
VMM_ENV_DEBUG(HAS_NAME)

static void
copy(const struct vmm_env_var *var, const char *value, char *to, size_t size)
{
	size_t n = strlen(value);

	if (n >= size)
		vmm_fatal(
			"%s value is too long (%zu bytes, at most %zu): " VALUE,
			var->name, n, size - 1, value);
	memcpy(to, value, n + 1);
}

/*
 * Made absolute: the program may change its directory before the path is used
 * again.
 */
static void
read_path(const struct vmm_env_var *var, const char *value, char *to)
{
	char given[PATH_MAX];
	size_t n = 0;

	copy(var, value, given, sizeof(given));
	if (given[0] != '/' && given[0] != '\0' &&
		vmm_os_cwd(to, PATH_MAX) == 0) {
		n = strlen(to);
		to[n++] = '/';
	}
	if (vmm_format(to + n, PATH_MAX - n, "%s", given) >= PATH_MAX - n)
		vmm_fatal("%s value is too long with the current directory "
			  "before it (" VALUE ")",
			var->name, given);
	if (var->fallback == NULL && to[0] == '\0')
		vmm_fatal("environment variable %s is empty", var->name);
}

/* A path, or the name of a place in memory, which stays as it is. */
static void
read_one_place(const struct vmm_env_var *var, const char *value, char *to)
{
	struct vmm_place place;

	if (vmm_place_parse(&place, value) != 0)
		vmm_fatal("incorrect %s value (" VALUE
			  "): %s; begin the name of a directory with ./",
			var->name, value, VMM_NOT_A_NODE_LIST);
	if (place.kind == VMM_PLACE_PATH)
		read_path(var, value, to);
	else
		copy(var, value, to, PATH_MAX);
}

/* Each place as above, with its size. */
static void
read_places(const struct vmm_env_var *var, const char *value, char *to)
{
	/* not on the stack: the first thread may have a small one */
	static char text[PATH_MAX], place[PATH_MAX];
	struct vmm_places places;
	size_t used = 0;

	copy(var, value, text, sizeof(text));
	if (vmm_places_split(&places, text) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): %s", var->name,
			value, VMM_NOT_PLACES);
	for (unsigned int i = 0; i < places.n; i++) {
		size_t size = places.place[i].size;

		if (size < VMMALLOC_MIN_POOL)
			vmm_fatal("%s value is less than minimum (%zu < %zu)",
				var->name, size, VMMALLOC_MIN_POOL);
		if (size > PTRDIFF_MAX)
			vmm_fatal("incorrect %s value (" VALUE "): too large",
				var->name, value);
		read_one_place(var, places.place[i].text, place);
		used += vmm_format(to + used, PATH_MAX - used, "%s%s:%zu",
			i > 0 ? "," : "", place, size);
		if (used >= PATH_MAX)
			vmm_fatal("%s value is too long with the current "
				  "directory before it (" VALUE ")",
				var->name, value);
	}
}

static void
read_place(const struct vmm_env_var *var, const char *value, char *to)
{
	if (vmm_places_is_list(value))
		read_places(var, value, to);
	else
		read_one_place(var, value, to);
}

static void
read_policy(const struct vmm_env_var *var, const char *value, char *to)
{
	struct vmm_place place;

	copy(var, value, to, var->size);
	if (value[0] == '\0')
		return;
	if (vmm_place_parse(&place, value) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): %s", var->name,
			value, VMM_NOT_A_NODE_LIST);
	if (place.kind == VMM_PLACE_PATH || place.kind == VMM_PLACE_RAM)
		vmm_fatal("incorrect %s value (" VALUE
			  "): not a policy for memory nodes, such as "
			  "interleave:0,1",
			var->name, value);
}

static void
read_placement(const struct vmm_env_var *var, const char *value,
	struct vmm_placement *placement)
{
	if (vmm_placement_parse(placement, value) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): %s", var->name,
			value, VMM_NOT_A_PLACEMENT);
}

static bool
read_commit(const struct vmm_env_var *var, const char *value)
{
	if (strcmp(value, "all") != 0 && strcmp(value, "touch") != 0)
		vmm_fatal("incorrect %s value (" VALUE "): neither all nor "
			  "touch",
			var->name, value);
	return value[0] == 't';
}

/*
 * A relative entry would be another directory for each program that inherits
 * the variable, perhaps one in which others can put a plugin.
 */
static void
read_paths(const struct vmm_env_var *var, const char *value, char *to)
{
	const char *entry = to;

	copy(var, value, to, PATH_MAX);
	while (entry[0] == '/') {
		entry = strchr(entry, ':');
		if (entry == NULL)
			return;
		entry++;
	}
	if (to[0] != '\0')
		vmm_fatal("incorrect %s value (" VALUE
			  "): each directory must begin with /",
			var->name, to);
}

static void
read_name(const struct vmm_env_var *var, const char *value, char *to)
{
	copy(var, value, to, var->size);
	if (!vmm_is_backend_name(to))
		vmm_fatal("incorrect %s value (" VALUE
			  "): a name has only letters, digits and dashes",
			var->name, to);
}

static size_t
read_size(const struct vmm_env_var *var, const char *value)
{
	size_t size;

	if (value[0] == '-')
		vmm_fatal("negative %s (" VALUE ")", var->name, value);
	if (vmm_parse_size(value, &size) != 0)
		vmm_fatal("incorrect %s value (" VALUE "): %s%s", var->name,
			value, errno == ERANGE ? "too large" : VMM_NOT_A_SIZE,
			var->type == VMM_ENV_LIMIT ? ", or cgroup" : "");
	if (size < var->min)
		vmm_fatal("%s value is less than minimum (%zu < %zu)",
			var->name, size, var->min);
	if (size > var->max)
		vmm_fatal("incorrect %s value (" VALUE "): too large",
			var->name, value);
	return size;
}

static size_t
read_limit(const struct vmm_env_var *var, const char *value)
{
	if (value[0] == '\0')
		return VMM_LIMIT_NONE;
	if (strcmp(value, VMM_LIMIT_GROUP_NAME) == 0)
		return VMM_LIMIT_GROUP;
	return read_size(var, value);
}

static int
read_int(const struct vmm_env_var *var, const char *value)
{
	char range[64];
	int n;

	if (vmm_parse_int(value, (int)var->min, (int)var->max, &n) == 0)
		return n;
	vmm_env_describe(var, range, sizeof(range));
	vmm_fatal("incorrect %s value (" VALUE "): must be %s", var->name,
		value, range);
}

/*
 * As atoi, which the original used: a text that does not begin with a number is
 * 0, as are negative ones. Levels above the last add nothing.
 */
static int
read_level(const struct vmm_env_var *var, const char *text)
{
	size_t level = 0;

	text += strspn(text, " \t\n\v\f\r");
	if (*text == '+')
		text++;
	for (; *text >= '0' && *text <= '9' && level <= var->max; text++)
		level = level * 10 + (size_t)(*text - '0');
	return (int)level;
}

/* A text that was written at *text, which then points behind it. */
static const char *
take_text(char **text)
{
	const char *taken = *text;

	*text += strlen(taken) + 1;
	return taken;
}

/* Paths and places are written at *text. */
static void
read_var(const struct vmm_env_var *var, void *field, char **text)
{
	const char *value = vmm_os_getenv(var->name);

	if (value == NULL)
		value = var->fallback;
	if (value == NULL)
		vmm_fatal("environment variable %s not specified", var->name);
	**text = '\0';
	switch (var->type) {
	case VMM_ENV_PATH:
		read_path(var, value, *text);
		*(const char **)field = take_text(text);
		break;
	case VMM_ENV_PLACE:
		read_place(var, value, *text);
		*(const char **)field = take_text(text);
		break;
	case VMM_ENV_PLACES:
		if (value[0] != '\0')
			read_places(var, value, *text);
		*(const char **)field = take_text(text);
		break;
	case VMM_ENV_PATHS:
		read_paths(var, value, *text);
		*(const char **)field = take_text(text);
		break;
	case VMM_ENV_PLACEMENT:
		read_placement(var, value, field);
		break;
	case VMM_ENV_POLICY:
		read_policy(var, value, field);
		break;
	case VMM_ENV_NAME:
		read_name(var, value, field);
		break;
	case VMM_ENV_SIZE:
		*(size_t *)field = read_size(var, value);
		break;
	case VMM_ENV_LIMIT:
		*(size_t *)field = read_limit(var, value);
		break;
	case VMM_ENV_COMMIT:
		*(bool *)field = read_commit(var, value);
		break;
	case VMM_ENV_INT:
		*(int *)field = read_int(var, value);
		break;
	case VMM_ENV_BOOL:
		*(bool *)field = read_int(var, value) != 0;
		break;
	case VMM_ENV_LEVEL:
		*(int *)field = read_level(var, value);
		break;
	case VMM_ENV_FLAG:
		*(bool *)field = strcmp(value, "1") == 0;
		break;
	}
}

void
vmm_env_read_vars(
	const struct vmm_env_var *the_vars, size_t n, void *fields, char *text)
{
	for (size_t i = 0; i < n; i++)
		read_var(&the_vars[i], (char *)fields + the_vars[i].offset,
			&text);
}

/* The row of a variable. */
static const struct vmm_env_var *
find_var(const char *name)
{
	const struct vmm_env_var *var = vars;

	while (strcmp(var->name, name) != 0)
		var++;
	return var;
}

/* The places, and how much they hold together, say what the pool is. */
static void
read_pool(struct vmm_config *config, char **text)
{
	const struct vmm_env_var *tiers = find_var(VMMALLOC_TIERS_VAR);
	const struct vmm_env_var *dir = find_var(VMMALLOC_POOL_DIR_VAR);
	static char copied[PATH_MAX];
	struct vmm_places places;

	read_var(tiers, &config->tiers, text);
	if (config->tiers[0] != '\0')
		config->pool_dir = config->tiers;
	else
		read_var(dir, &config->pool_dir, text);
	if (!vmm_places_is_list(config->pool_dir)) {
		read_var(find_var(VMMALLOC_POOL_SIZE_VAR), &config->pool_size,
			text);
		return;
	}
	memcpy(copied, config->pool_dir, strlen(config->pool_dir) + 1);
	if (vmm_places_split(&places, copied) != 0 ||
		vmm_places_total(&places, &config->pool_size) != 0 ||
		config->pool_size > PTRDIFF_MAX)
		vmm_fatal("incorrect %s value (" VALUE "): too large",
			config->tiers[0] != '\0' ? tiers->name : dir->name,
			config->pool_dir);
}

/* Weights are one for each place. */
static void
check_placement(const struct vmm_config *config)
{
	const struct vmm_placement *placement = &config->placement;
	struct vmm_places places = { .n = 1 };
	static char text[PATH_MAX];

	if (vmm_places_is_list(config->pool_dir)) {
		memcpy(text, config->pool_dir, strlen(config->pool_dir) + 1);
		vmm_places_split(&places, text);
	}
	if (placement->n_weights != 0 && placement->n_weights != places.n)
		vmm_fatal("incorrect %s value (" VALUE
			  "): %u weights for %u places",
			VMMALLOC_PLACEMENT_VAR, placement->text,
			placement->n_weights, places.n);
}

void
vmm_env_read(struct vmm_config *config)
{
	char *text = config->text;

	read_pool(config, &text);
	for (size_t i = 0; i < N_VARS; i++) {
		void *field = (char *)config + vars[i].offset;

		if (field != &config->tiers && field != &config->pool_dir &&
			field != &config->pool_size)
			read_var(&vars[i], field, &text);
	}
	check_placement(config);
}

static void
report_limit(struct vmm_json *json, const char *name, size_t limit)
{
	if (limit == VMM_LIMIT_GROUP)
		vmm_json_string(json, name, VMM_LIMIT_GROUP_NAME);
	else
		vmm_json_number(json, name, limit);
}

void
vmm_env_report(const struct vmm_config *config, struct vmm_json *json)
{
	for (size_t i = 0; i < N_VARS; i++) {
		const void *field = (const char *)config + vars[i].offset;
		const char *from = vars[i].name + sizeof(PREFIX) - 1;
		char name[32];
		size_t n;

		for (n = 0; n < sizeof(name) - 1 && from[n] != '\0'; n++)
			name[n] = (char)(from[n] == '_' ? '_' : from[n] | 0x20);
		name[n] = '\0';
		switch (vars[i].type) {
		case VMM_ENV_PATH:
		case VMM_ENV_PATHS:
		case VMM_ENV_PLACE:
		case VMM_ENV_PLACES:
			vmm_json_string(
				json, name, *(const char *const *)field);
			break;
		case VMM_ENV_POLICY:
		case VMM_ENV_NAME:
			vmm_json_string(json, name, field);
			break;
		case VMM_ENV_PLACEMENT:
			vmm_json_string(json, name,
				((const struct vmm_placement *)field)->text);
			break;
		case VMM_ENV_SIZE:
			vmm_json_number(json, name, *(const size_t *)field);
			break;
		case VMM_ENV_LIMIT:
			report_limit(json, name, *(const size_t *)field);
			break;
		case VMM_ENV_COMMIT:
			vmm_json_string(json, name,
				*(const bool *)field ? "touch" : "all");
			break;
		case VMM_ENV_INT:
		case VMM_ENV_LEVEL:
			vmm_json_number(
				json, name, (uint64_t) * (const int *)field);
			break;
		case VMM_ENV_BOOL:
		case VMM_ENV_FLAG:
			vmm_json_bool(json, name, *(const bool *)field);
			break;
		}
	}
}

void
vmm_env_describe(const struct vmm_env_var *var, char *text, size_t size)
{
	switch (var->type) {
	case VMM_ENV_PATH:
		vmm_format(text, size, "a path");
		break;
	case VMM_ENV_PATHS:
		vmm_format(text, size, "absolute paths, separated by colons");
		break;
	case VMM_ENV_PLACE:
		vmm_format(text, size,
			"a path, or a place in memory, or places with sizes");
		break;
	case VMM_ENV_PLACES:
		vmm_format(text, size, "places with sizes");
		break;
	case VMM_ENV_POLICY:
		vmm_format(text, size,
			"local, node:LIST, prefer:LIST, interleave:LIST or "
			"weighted:LIST");
		break;
	case VMM_ENV_PLACEMENT:
		vmm_format(text, size,
			"overflow, ratio, ratio=N:N, threshold=SIZE, stripe or "
			"stripe=SIZE");
		break;
	case VMM_ENV_NAME:
		vmm_format(text, size, "letters, digits and dashes");
		break;
	case VMM_ENV_SIZE:
		vmm_format(text, size,
			"bytes, or a number with K, M, G or T; at least %zu",
			var->min);
		break;
	case VMM_ENV_LIMIT:
		vmm_format(text, size,
			"cgroup, or bytes, or a number with K, M, G or T; at "
			"least %zu",
			var->min);
		break;
	case VMM_ENV_COMMIT:
		vmm_format(text, size, "all or touch");
		break;
	case VMM_ENV_INT:
	case VMM_ENV_LEVEL:
		vmm_format(text, size, "a number from %zu to %zu", var->min,
			var->max);
		break;
	case VMM_ENV_BOOL:
	case VMM_ENV_FLAG:
		vmm_format(text, size, "0 or 1");
		break;
	}
}
