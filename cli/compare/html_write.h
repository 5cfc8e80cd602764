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

/* Writes the title, and a paragraph for each line of the text, which is cut. */
void vmm_html_write_summary(const char *title, char *text, FILE *to);

/* Writes the file with this function: 0, or -1 after the command's complaint.
 */
int vmm_html_write_file(const char *command, const char *file,
	void (*write)(const void *arg, FILE *to), const void *arg);

/* Writes a table; its first row is its head. */
void vmm_html_write_table(const struct vmm_table *table, FILE *to);

#endif /* VMM_HTML_WRITE_H */
