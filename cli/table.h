/* SPDX-License-Identifier: BSD-3-Clause */
/* A text table; columns are as wide as their widest cell. */
#ifndef VMM_TABLE_H
#define VMM_TABLE_H

#include <stddef.h>
#include <stdio.h>

struct vmm_table {
	size_t columns;
	size_t n;	       /* cells so far */
	char **cells;	       /* row by row, from the left */
	const char *alignment; /* one letter per column, see vmm_table_init */
};

/*
 * The table has one column per letter in alignment: 'l' aligns left, 'r' right,
 * 'n' right and close to the column before. The string must stay valid.
 */
void vmm_table_init(struct vmm_table *table, const char *alignment);
void vmm_table_free(struct vmm_table *table);

/*
 * Adds the next cell: row by row, from the left. A cell of the first column may
 * have a line that is longer than the column, and then a newline.
 */
void vmm_table_add(struct vmm_table *table, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints the table; cells missing in the last row are empty. */
void vmm_table_print(const struct vmm_table *table, FILE *to);

#endif /* VMM_TABLE_H */
