/* SPDX-License-Identifier: BSD-3-Clause */
/* Adding up and printing call sites; see sites.h. */
#include "config.h"

#include "cli/trace/sites.h"

#include "cli/cli.h"
#include "cli/trace/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MIB (1024.0 * 1024)
#define ROWS 10
#define FRAMES 4 /* of a stack, in a row */
#define NO_LOCATION UINT32_MAX

struct row {
	uint32_t location;
	struct vmm_trace_site sum;
	uint32_t stack; /* that with the most bytes */
	uint64_t bytes; /* of it, by which rows are sorted */
	uint64_t all;	/* of all stacks of the row */
};

static const struct {
	const char *name;
	const char *title;
} orders[] = {
	[VMM_TRACE_BY_PEAK] = { "peak", "most bytes live at the peak" },
	[VMM_TRACE_BY_END] = { "end", "most bytes not freed" },
	[VMM_TRACE_BY_ALLOCATED] = { "allocated", "most bytes allocated" },
};

int
vmm_trace_order_parse(const char *name, enum vmm_trace_order *order)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (strcmp(orders[i].name, name) == 0) {
			*order = (enum vmm_trace_order)i;
			return 0;
		}
	}
	return -1;
}

struct vmm_trace_count
vmm_trace_order_count(
	const struct vmm_trace_site *site, enum vmm_trace_order order)
{
	switch (order) {
	case VMM_TRACE_BY_END:
		return site->live;
	case VMM_TRACE_BY_ALLOCATED:
		return site->allocated;
	case VMM_TRACE_BY_PEAK:
	default:
		return site->peak;
	}
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Whether the name ends like that of malloc or a relative of it. */
static bool
is_like_malloc(const char *name)
{
	static const char *const ends[] = { "malloc", "calloc", "realloc",
		"strdup", "strndup" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t k = strlen(ends[i]);

		if (n >= k && strcasecmp(name + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Whether a function of this name allocates for its caller. */
static bool
passes_on(const char *name)
{
	return is_like_malloc(name) || begins(name, "operator new") ||
		begins(name, "__gnu_cxx::") || begins(name, "std::");
}

static bool
is_of_allocator(const struct vmm_trace_stacks *stacks,
	const struct vmm_trace_location *location)
{
	const char *name = location->function;
	const char *slash = location->module < stacks->n_modules
		? strrchr(stacks->modules[location->module].path, '/')
		: NULL;

	return (slash != NULL && begins(slash, "/libvmmalloc.so")) ||
		(name != NULL && passes_on(name));
}

uint32_t
vmm_trace_sites_skip(
	const struct vmm_trace_stacks *stacks, struct vmm_trace_stack stack)
{
	uint32_t i = 0;

	while (i + 1 < stack.n &&
		is_of_allocator(stacks,
			&stacks->locations[stacks->frames[stack.first + i]]))
		i++;
	return i;
}

static void
add(struct vmm_trace_count *to, const struct vmm_trace_count *count)
{
	to->n += count->n;
	to->bytes += count->bytes;
}

static struct row *
get_row(struct row **rows, size_t *n, uint32_t location)
{
	for (size_t i = 0; i < *n; i++) {
		if ((*rows)[i].location == location)
			return &(*rows)[i];
	}
	*rows = vmm_array_resize(*rows, *n + 1, sizeof(**rows));
	(*rows)[*n] = (struct row){ .location = location };
	return &(*rows)[(*n)++];
}

static void
add_site(struct row *row, uint32_t number, const struct vmm_trace_site *site,
	enum vmm_trace_order order)
{
	uint64_t bytes = vmm_trace_order_count(site, order).bytes;

	add(&row->sum.allocated, &site->allocated);
	add(&row->sum.live, &site->live);
	add(&row->sum.peak, &site->peak);
	row->all += bytes;
	if (bytes >= row->bytes) {
		row->bytes = bytes;
		row->stack = number;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct row *first = a;
	const struct row *second = b;

	if (first->all != second->all)
		return first->all < second->all ? 1 : -1;
	return first->location < second->location ? -1 : 1;
}

/* A location, with the line in its file if that is wanted and known. */
static char *
describe_one(const struct vmm_trace_stacks *stacks,
	const struct vmm_trace_location *location, bool with_line)
{
	char *name = vmm_trace_symbols_describe(stacks, location);
	const char *slash;
	char *longer;

	if (!with_line || location->file == NULL)
		return name;
	slash = strrchr(location->file, '/');
	longer = vmm_text("%s (%s:%d)", name,
		slash != NULL ? slash + 1 : location->file, location->line);
	free(name);
	return longer;
}

/* "function (file.c:12) < its caller < ..." */
static char *
describe(const struct vmm_trace_stacks *stacks, uint32_t number)
{
	struct vmm_trace_stack stack = vmm_trace_stacks_get(stacks, number);
	uint32_t first = vmm_trace_sites_skip(stacks, stack);
	char *text = vmm_text("%s", stack.n == 0 ? "not known" : "");

	for (uint32_t i = first; i < stack.n && i < first + FRAMES; i++) {
		char *name = describe_one(stacks,
			&stacks->locations[stacks->frames[stack.first + i]],
			i == first);
		char *longer =
			vmm_text("%s%s%s", text, i > first ? " < " : "", name);

		free(name);
		free(text);
		text = longer;
	}
	return text;
}

static void
add_cells(struct vmm_table *table, const struct vmm_trace_count *count)
{
	vmm_table_add(table, "%.2f", (double)count->bytes / MIB);
	vmm_table_add(table, "%" PRIu64, count->n);
}

const char *
vmm_trace_order_title(enum vmm_trace_order order)
{
	return orders[order].title;
}

static void
tabulate(const struct row *rows, size_t n,
	const struct vmm_trace_stacks *stacks, struct vmm_table *table)
{
	static const char *const heads[] = { "peak MiB", "blocks", "end MiB",
		"blocks", "all MiB", "blocks", "call site < its callers" };

	vmm_table_init(table, "rrrrrrl");
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		vmm_table_add(table, "%s", heads[i]);
	for (size_t i = 0; i < n; i++) {
		char *text = describe(stacks, rows[i].stack);

		add_cells(table, &rows[i].sum.peak);
		add_cells(table, &rows[i].sum.live);
		add_cells(table, &rows[i].sum.allocated);
		vmm_table_add(table, "%s", text);
		free(text);
	}
}

size_t
vmm_trace_sites_tabulate(const struct vmm_trace_summary *summary,
	const struct vmm_trace_stacks *stacks, enum vmm_trace_order order,
	struct vmm_table *table)
{
	struct row *rows = NULL;
	size_t n = 0;

	for (uint32_t i = 0; i < summary->n_sites; i++) {
		const struct vmm_trace_site *site = &summary->sites[i];
		struct vmm_trace_stack stack = vmm_trace_stacks_get(stacks, i);
		uint32_t location = NO_LOCATION;

		if (site->allocated.n == 0)
			continue;
		if (stack.n > 0)
			location = stacks->frames[stack.first +
				vmm_trace_sites_skip(stacks, stack)];
		add_site(get_row(&rows, &n, location), i, site, order);
	}
	if (n > 0)
		qsort(rows, n, sizeof(*rows), compare);
	tabulate(rows, n < ROWS ? n : ROWS, stacks, table);
	free(rows);
	return n > ROWS ? n - ROWS : 0;
}
