/* SPDX-License-Identifier: BSD-3-Clause */
/* Measuring a server; see server.h. */
#include "config.h"

#include "cli/compare/server.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/compare/hook.h"
#include "cli/compare/metric.h"
#include "cli/compare/outcome.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 30    /* seconds until the server is ready */
#define GRACE 30       /* seconds until a server that ends is killed */
#define INTERVAL 20000 /* us between two tries */

struct watcher {
	struct vmm_series *series;
	pid_t server;
};

/* Samples the server while the load runs. */
static int
watch(void *arg, pid_t load)
{
	struct watcher *watcher = arg;

	(void)load;
	return vmm_series_watch(watcher->series, watcher->server);
}

static void
prepare_load(const void *nothing)
{
	(void)nothing;
}

static bool
has_ended(pid_t server)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)server, &info,
		       WEXITED | WNOHANG | WNOWAIT) != 0 ||
		info.si_pid != 0;
}

/* Returns 0, or -1 after a complaint or a signal. */
static int
wait_until_ready(const struct vmm_drive *drive, const char *name, pid_t server)
{
	double end = vmm_child_now() + PATIENCE;

	while (drive->ready != NULL && vmm_hook_try(drive->ready) != 0) {
		if (vmm_child_is_interrupted())
			return -1;
		if (has_ended(server))
			break;
		if (vmm_child_now() > end) {
			vmm_complain("'%s' is not ready after %d s: --ready "
				     "'%s' fails",
				name, PATIENCE, drive->ready);
			return -1;
		}
		usleep(INTERVAL);
	}
	if (!has_ended(server))
		return vmm_child_is_interrupted() ? -1 : 0;
	vmm_complain("the server '%s' ends before the load", name);
	return -1;
}

static void
complain_load(const struct vmm_drive *drive, int status)
{
	char *why = vmm_child_describe(status);

	vmm_complain("--load '%s' fails: %s", drive->load, why);
	free(why);
}

static int
run_load(const struct vmm_drive *drive, struct watcher *watcher,
	struct vmm_sample *sample)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)drive->load,
		NULL };
	struct vmm_child load = {
		.path = "/bin/sh", .argv = argv, .prepare = prepare_load
	};
	int said = memfd_create("output", MFD_CLOEXEC);
	int result = -1;

	if (said < 0) {
		vmm_complain("cannot run --load '%s': memfd_create: %s",
			drive->load, strerror(errno));
		return -1;
	}
	load.stdout_fd = load.stderr_fd = said;
	if (watcher->series != NULL) {
		*watcher->series = (struct vmm_series){ .n = 0 };
		load.watch = watch;
		load.watcher = watcher;
	}
	if (vmm_child_run(&load) == 0 && !vmm_child_is_interrupted()) {
		sample->wall = load.wall;
		if (load.status == 0)
			result = vmm_metrics_read(
				drive->metrics, said, sample->metrics);
		else
			complain_load(drive, load.status);
		if (result != 0)
			vmm_outcome_show_tail(said);
	}
	close(said);
	return result;
}

/* Whether it ended by a signal other than those that are sent to it. */
static bool
is_crash(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM &&
		WTERMSIG(status) != SIGKILL;
}

int
vmm_server_measure(const struct vmm_workload *workload,
	const struct vmm_contender *contender, const struct vmm_drive *drive,
	struct vmm_sample *sample, struct vmm_series *series)
{
	struct vmm_run run = { workload, contender };
	struct watcher watcher = { series, 0 };
	struct vmm_child server;
	int result;

	vmm_measure_init(&run, &server);
	if (vmm_scratch_reset(&workload->scratch) != 0)
		return -1;
	watcher.server = vmm_child_start(&server);
	if (watcher.server < 0)
		return -1;
	*sample = (struct vmm_sample){ .status = 0 };
	for (size_t i = 0; i < VMM_METRICS_MAX; i++)
		sample->metrics[i] = -1;
	for (size_t i = 0; i < VMM_N_COUNTERS; i++)
		sample->counts[i] = -1; /* the load would be counted, too */
	result = wait_until_ready(drive, workload->argv[0], watcher.server);
	if (result == 0)
		result = run_load(drive, &watcher, sample);
	vmm_child_stop(&server, watcher.server, GRACE);
	if (result != 0) {
		vmm_outcome_show_tail(workload->scratch.stderr_fd);
		return -1;
	}
	vmm_measure_take_usage(&run, &server, sample);
	if (is_crash(server.status))
		sample->status = server.status;
	return 0;
}
