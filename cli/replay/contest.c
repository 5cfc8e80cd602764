/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Replays with several contenders: this program is started again for each run,
 * with the contender's library preloaded.
 */
#include "config.h"

#include "cli/replay/contest.h"

#include "cli/child.h"
#include "cli/cli.h"
#include "cli/replay/player.h"
#include "cli/replay/replay.h"
#include "cli/trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct vmm_replay_result here; /* not from the heap that is measured */

int
vmm_replay_here(const char *speed, const char *path)
{
	bool keeps_times = strcmp(speed, VMM_REPLAY_RECORDED) == 0;
	const char *from = (const char *)&here;
	size_t n = sizeof(here);

	if (vmm_replay_play(path, keeps_times, &here) != 0)
		return VMM_EXIT_FAILED;
	while (n > 0) {
		ssize_t done = write(STDOUT_FILENO, from, n);

		if (done <= 0)
			return VMM_EXIT_FAILED;
		from += done;
		n -= (size_t)done;
	}
	return VMM_EXIT_OK;
}

static void
prepare(const void *arg)
{
	vmm_contender_export(arg, NULL);
}

/* 0, or -1 after a complaint, or a signal. */
static int
run(const struct vmm_replay_contest *contest,
	const struct vmm_contender *contender, struct vmm_replay_result *to)
{
	const struct vmm_replay_choice *choice = contest->choice;
	char *const argv[] = { (char *)"vmmalloc", (char *)VMM_REPLAY_OPTION,
		choice->keeps_times ? (char *)VMM_REPLAY_RECORDED
				    : (char *)VMM_REPLAY_MAX,
		(char *)choice->path, NULL };
	struct vmm_child child = { .path = "/proc/self/exe",
		.argv = argv,
		.prepare = prepare,
		.arg = contender };
	int out = memfd_create("result", MFD_CLOEXEC);
	int result = -1;

	if (out < 0) {
		vmm_complain("replay: memfd_create: %s", strerror(errno));
		return -1;
	}
	child.stdout_fd = out;
	child.stderr_fd = STDERR_FILENO;
	if (vmm_child_run(&child) == 0) {
		if (child.status == 0 &&
			pread(out, to, sizeof(*to), 0) == sizeof(*to) &&
			to->size == sizeof(*to)) {
			result = 0;
		} else {
			char *how = vmm_child_describe(child.status);

			vmm_complain("replay: no result with %s: %s",
				contender->name, how);
			free(how);
		}
	}
	close(out);
	return result;
}

/* Whether the calls had the same effect as the first time; or complains. */
static int
check(const struct vmm_replay_contest *contest,
	const struct vmm_contender *contender,
	const struct vmm_replay_result *r)
{
	const struct vmm_replay_result *first = contest->results;

	if (r->failed > 0) {
		vmm_complain("replay: %" PRIu64 " calls failed with %s; is its "
			     "pool too small?",
			r->failed, contender->name);
		return -1;
	}
	if (first->events == 0 ||
		(r->events == first->events &&
			r->live_bytes == first->live_bytes &&
			r->live_blocks == first->live_blocks &&
			r->peak_bytes == first->peak_bytes))
		return 0;
	vmm_complain("replay: %s has other live bytes than %s", contender->name,
		contest->contenders[0].name);
	return -1;
}

/* Whether the trace has all calls; or complains. */
static int
check_trace(const char *path)
{
	struct vmm_trace_reader reader;
	uint32_t sample;

	if (vmm_trace_open(&reader, path) != 0)
		return -1;
	sample = reader.sample;
	vmm_trace_close(&reader);
	if (sample == 0)
		return 0;
	vmm_complain("replay: '%s' is a sample of one block per %" PRIu32
		     " bytes: its calls are not those of the program; record "
		     "it without --sample",
		path, sample);
	return -1;
}

/* Runs all in turn, and keeps the fastest run of each. */
static int
run_all(const struct vmm_replay_contest *contest)
{
	struct vmm_replay_result *r = vmm_array_new(1, sizeof(*r));
	int result = 0;

	for (int k = 0; k < contest->choice->runs && result == 0; k++) {
		for (size_t i = 0; i < contest->n && result == 0; i++) {
			const struct vmm_contender *contender =
				&contest->contenders[i];
			uint64_t n, ns, best;

			result = run(contest, contender, r);
			if (result == 0)
				result = check(contest, contender, r);
			if (result != 0)
				break;
			vmm_replay_sum_calls(r, &n, &ns);
			vmm_replay_sum_calls(&contest->results[i], &n, &best);
			if (k == 0 || ns < best)
				contest->results[i] = *r;
		}
	}
	free(r);
	return result;
}

/* Checks before all runs that the file can be written. */
static int
check_file(const char *file)
{
	int fd;

	if (file == NULL)
		return 0;
	/* Append: an older file survives until there is a new one. */
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0) {
		vmm_complain(
			"replay: cannot write '%s': %s", file, strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}

static int
write_reports(const struct vmm_replay_contest *contest)
{
	const struct vmm_replay_choice *choice = contest->choice;
	int result = 0;

	vmm_replay_print(contest);
	if (choice->json != NULL)
		result = vmm_replay_write_json(contest, choice->json);
	if (choice->html != NULL &&
		vmm_replay_write_html(contest, choice->html) != 0)
		result = -1;
	return result;
}

int
vmm_replay_all(const struct vmm_replay_choice *choice,
	const struct vmm_contender *contenders, size_t n)
{
	struct vmm_replay_contest contest = {
		.choice = choice,
		.contenders = contenders,
		.n = n,
	};
	int result;

	if (check_file(choice->json) != 0 || check_file(choice->html) != 0)
		return VMM_EXIT_FAILED;
	contest.results = vmm_array_new(n, sizeof(*contest.results));
	memset(contest.results, 0, n * sizeof(*contest.results));
	result = check_trace(choice->path);
	if (result == 0)
		result = run_all(&contest);
	if (vmm_child_is_interrupted())
		vmm_child_end_by_signal();
	if (result == 0)
		result = write_reports(&contest);
	free(contest.results);
	return result == 0 ? VMM_EXIT_OK : VMM_EXIT_FAILED;
}
