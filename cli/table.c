/* SPDX-License-Identifier: BSD-3-Clause */
/* A text table; see table.h. */
#include "config.h"

#include "cli/table.h"

#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2  /* blanks between columns */
#define NEAR 1 /* before a column of kind 'n' */

void
vmm_table_init(struct vmm_table *table, const char *alignment)
{
	*table = (struct vmm_table){
		.columns = strlen(alignment),
		.alignment = alignment,
	};
}

void
vmm_table_free(struct vmm_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
}

void
vmm_table_add(struct vmm_table *table, const char *fmt, ...)
{
	va_list ap;

	table->cells = vmm_array_resize(
		table->cells, table->n + 1, sizeof(*table->cells));
	va_start(ap, fmt);
	table->cells[table->n++] = vmm_text_of(fmt, ap);
	va_end(ap);
}

/* A cell from its last line on: the lines before it count for no width. */
static const char *
last_line(const char *cell)
{
	const char *newline = strrchr(cell, '\n');

	return newline != NULL ? newline + 1 : cell;
}

static size_t
width_of(const struct vmm_table *table, size_t column)
{
	size_t widest = 0;

	for (size_t i = column; i < table->n; i += table->columns) {
		size_t width = strlen(last_line(table->cells[i]));

		if (width > widest)
			widest = width;
	}
	return widest;
}

void
vmm_table_print(const struct vmm_table *table, FILE *to)
{
	size_t pending = 0; /* blanks, which never end a line */

	for (size_t i = 0; i < table->n; i++) {
		size_t column = i % table->columns;
		size_t width = strlen(last_line(table->cells[i]));
		size_t pad = width_of(table, column) - width;
		char kind = table->alignment[column];

		if (column > 0)
			pending += kind == 'n' ? NEAR : GAP;
		if (kind != 'l') {
			pending += pad;
			pad = 0;
		}
		if (table->cells[i][0] != '\0') {
			fprintf(to, "%*s%s", (int)pending, "", table->cells[i]);
			pending = 0;
		}
		pending += pad;
		if (column == table->columns - 1) {
			fputc('\n', to);
			pending = 0;
		}
	}
	if (table->n % table->columns != 0)
		fputc('\n', to);
}
