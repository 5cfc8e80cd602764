/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading libvmmalloc's report; see stats_file.h. */
#include "config.h"

#include "cli/stats_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST ((off_t)1 << 20) /* bytes; a report has about 1 KiB */

struct source {
	int fd;
	off_t at;
};

/* For json_load_callback. */
static size_t
read_some(void *buffer, size_t size, void *arg)
{
	struct source *source = arg;
	ssize_t n;

	if (source->at >= LARGEST)
		return (size_t)-1;
	n = pread(source->fd, buffer, size, source->at);
	if (n > 0)
		source->at += n;
	return (size_t)n;
}

static char *
get_string(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL && text[0] != '\0' ? strdup(text) : NULL;
}

int
vmm_stats_file_read(int fd, struct vmm_stats_file *stats)
{
	struct source source = { fd, 0 };
	json_t *report = json_load_callback(read_some, &source, 0, NULL);
	json_t *backend = json_object_get(report, "backend");
	json_t *peak = json_object_get(
		json_object_get(report, "pool"), "committed_peak");

	if (!json_is_object(report)) {
		json_decref(report);
		return -1;
	}
	*stats = (struct vmm_stats_file){
		.core_version = get_string(report, "version"),
		.version = get_string(backend, "version"),
		.library_version = get_string(backend, "library_version"),
		.abi = get_string(backend, "abi"),
		.committed_peak =
			json_is_integer(peak) ? json_integer_value(peak) : -1,
	};
	json_decref(report);
	return 0;
}

void
vmm_stats_file_free(struct vmm_stats_file *stats)
{
	free(stats->core_version);
	free(stats->version);
	free(stats->library_version);
	free(stats->abi);
}
