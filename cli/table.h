/* SPDX-License-Identifier: BSD-3-Clause */
/* A text table: cells of text, columns as wide as they need. */
#ifndef VMM_TABLE_H
#define VMM_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct vmm_table {
	size_t columns;
	size_t n;	       /* cells so far */
	char **cells;	       /* row by row */
	const char *alignment; /* a letter a column, see vmm_table_init */
};

/*
 * As many columns as alignment has letters: l to the left, r to the right, n
 * to the right and near to the column before. It must stay valid.
 */
void vmm_table_init(struct vmm_table *table, const char *alignment);
void vmm_table_free(struct vmm_table *table);

/* Adds the next cell, row by row from the left. */
void vmm_table_add(struct vmm_table *table, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints it; cells still missing in the last row are empty. */
void vmm_table_print(const struct vmm_table *table, FILE *to);

#endif /* VMM_TABLE_H */
