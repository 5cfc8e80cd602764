/* SPDX-License-Identifier: BSD-3-Clause */
/* Text, tables, and the frame of a page in HTML; see html_write.h. */
#include "config.h"

#include "cli/compare/html_write.h"

#include "cli/cli.h"
#include "cli/compare/html_style.h"

#include <errno.h>
#include <string.h>

void
vmm_html_text(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case ' ':
			/* No line ends before a percent sign. */
			fputs(text[1] == '%' ? "&nbsp;" : " ", to);
			break;
		default:
			fputc(*text, to);
		}
	}
}

void
vmm_html_write_element(
	const char *begin, const char *text, const char *end, FILE *to)
{
	fputs(begin, to);
	vmm_html_text(text, to);
	fputs(end, to);
}

void
vmm_html_begin_page(const char *command, const char *title, FILE *to)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
	      "charset=\"utf-8\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width,initial-scale=1\">\n",
		to);
	vmm_html_write_element("<title>", command, ": ", to);
	vmm_html_write_element("", title, "</title>\n", to);
	fputs("<style>\n" VMM_HTML_STYLE "</style></head><body>\n", to);
}

void
vmm_html_end_page(FILE *to)
{
	fputs("</body></html>\n", to);
}

void
vmm_html_write_table(const struct vmm_table *table, FILE *to)
{
	fputs("<div class=\"wide\"><table>", to);
	for (size_t i = 0; i < table->n; i++) {
		size_t column = i % table->columns;
		const char *kind = i < table->columns ? "th" : "td";

		if (column == 0)
			fputs(i > 0 ? "</tr>\n<tr>" : "<tr>", to);
		fprintf(to, "<%s%s>", kind,
			column > 0 && table->alignment[column] == 'l'
				? " class=\"l\""
				: "");
		vmm_html_text(table->cells[i], to);
		fprintf(to, "</%s>", kind);
	}
	fputs("</tr></table></div>\n", to);
}

void
vmm_html_write_summary(const char *title, char *text, FILE *to)
{
	char *state;

	vmm_html_write_element("<h1>", title, "</h1>\n", to);
	for (char *line = strtok_r(text, "\n", &state); line != NULL;
		line = strtok_r(NULL, "\n", &state))
		vmm_html_write_element(
			"<p class=\"summary\">", line, "</p>\n", to);
}

int
vmm_html_write_file(const char *command, const char *file,
	void (*write)(const void *arg, FILE *to), const void *arg)
{
	FILE *to = fopen(file, "we");
	int result = -1;

	if (to != NULL) {
		write(arg, to);
		result = ferror(to) ? -1 : 0;
		if (fclose(to) != 0)
			result = -1;
	}
	if (result != 0)
		vmm_complain("%s: cannot write '%s': %s", command, file,
			strerror(errno));
	return result;
}
