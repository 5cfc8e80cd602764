/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts that all pages of HTML have in common. */
#ifndef VMM_HTML_WRITE_H
#define VMM_HTML_WRITE_H

#include "cli/table.h"

#include <stdio.h>

/* Writes text with the characters of HTML escaped. */
void vmm_html_text(const char *text, FILE *to);

/* Writes begin, the text with the characters of HTML escaped, and end. */
void vmm_html_write_element(
	const char *begin, const char *text, const char *end, FILE *to);

/* Before all else, with the title "COMMAND: TITLE"; and after all else. */
void vmm_html_begin_page(const char *command, const char *title, FILE *to);
void vmm_html_end_page(FILE *to);

/* Writes a table; its first row is its head. */
void vmm_html_write_table(const struct vmm_table *table, FILE *to);

#endif /* VMM_HTML_WRITE_H */
