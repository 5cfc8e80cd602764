/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Probing a plugin: this program is started again with libvmmalloc and the
 * plugin, and exits at once. The report that libvmmalloc then writes has the
 * versions; its message on stderr says why the plugin does not load.
 */
#include "config.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/plugins.h"
#include "cli/stats_file.h"
#include "libvmmalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE 30 /* seconds for one plugin to load */
#define PREFIX "Error (libvmmalloc): "

struct probe {
	const struct vmm_settings *settings;
	const char *backend;
	const char *stats_file;
};

static void
prepare(const void *arg)
{
	const struct probe *probe = arg;

	/*
	 * LD_PRELOAD must name only our library, which the export below adds.
	 */
	unsetenv("LD_PRELOAD");
	vmm_settings_export(probe->settings, probe->backend, probe->stats_file);
}

static void
read_report(int fd, struct vmm_plugin *plugin)
{
	struct vmm_stats_file stats;

	if (vmm_stats_file_read(fd, &stats) != 0) {
		plugin->failure = vmm_text("it wrote no report");
		return;
	}
	plugin->version = stats.version;
	plugin->library_version = stats.library_version;
	plugin->abi = stats.abi;
	plugin->core_version = stats.core_version;
}

/*
 * The reason in the first line that the process wrote, or its exit status. The
 * prefix and the list of directories are cut off: the caller knows both.
 */
static char *
explain(const char *name, int fd, int status)
{
	char text[2048];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *head = vmm_text(
		PREFIX "cannot load the %s '%s': ", VMMALLOC_BACKEND_VAR, name);
	const char *line = text;
	char *tail;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	tail = strstr(text, " (searched ");
	if (strncmp(line, head, strlen(head)) == 0) {
		line += strlen(head);
		if (tail != NULL)
			*tail = '\0';
	} else if (strncmp(line, PREFIX, sizeof(PREFIX) - 1) == 0) {
		line += sizeof(PREFIX) - 1;
	}
	free(head);
	return line[0] != '\0' ? vmm_text("%s", line)
			       : vmm_child_describe(status);
}

int
vmm_plugin_probe(const struct vmm_settings *settings, struct vmm_plugin *plugin)
{
	char *const argv[] = { (char *)"vmmalloc", (char *)VMM_PROBE_OPTION,
		NULL };
	struct probe probe = { settings, plugin->name, NULL };
	struct vmm_child child = { .path = "/proc/self/exe",
		.argv = argv,
		.prepare = prepare,
		.arg = &probe,
		.seconds = PATIENCE };
	int said = memfd_create("stderr", MFD_CLOEXEC);
	int report = memfd_create("report", 0); /* opened by its number */
	char *name = vmm_text("/proc/self/fd/%d", report);
	int result = -1;

	if (said < 0 || report < 0) {
		vmm_complain("cannot try backend '%s': memfd_create: %s",
			plugin->name, strerror(errno));
		goto out_close;
	}
	probe.stats_file = name;
	child.stdout_fd = said;
	child.stderr_fd = said;
	result = vmm_child_run(&child);
	if (result == 0 && child.status == 0)
		read_report(report, plugin);
	else if (result == 0)
		plugin->failure = explain(plugin->name, said, child.status);
out_close:
	close(said);
	close(report);
	free(name);
	return result;
}
