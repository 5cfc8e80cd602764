/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inject [OPTION]... DIRECTORY COMMAND [ARGUMENT]...: runs a program again and
 * again, each time with another system call of the library failing, and checks
 * how the run ends. The program has $FAULTS_PRELOAD as its LD_PRELOAD, and its
 * pool in the directory.
 *
 * --short       the first call of each kind, with its likeliest error
 * --list        only shows which calls there are
 * --only=FAULT  one fault, as it was printed: PHASE PROCESS KIND N ERRNO
 * --show        shows the stderr of each run that ends early
 *
 * Exit status 0, 1 if a run ended badly, 77 if the kernel cannot do this.
 */
#define _GNU_SOURCE
#include "config.h"

#include "tests/faults/supervise.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_SECONDS 60

/* Memory that the kernel or the C library may keep after an error. */
#define SLACK_PAGES 512

/*
 * How many runs without a fault tell how many descriptors there may be, and how
 * often a run that has more is repeated: past files are closed when threads
 * happen to have freed all of their pages.
 */
#define REFERENCES 8
#define TRIES 4

static const char *const phase_names[] = FAULT_PHASE_NAMES;

static bool is_short, only_lists, shows;
static const char *only;
static const char *directory;
static char *const *command;

static struct run reference, run;
static unsigned int n_faults[FAULT_PHASES], n_hits[FAULT_PHASES],
	n_ended[FAULT_PHASES], n_failures[FAULT_PHASES];

static void
fault_text(const struct fault *fault, char *text, size_t size)
{
	char kind[64];

	call_kind_name(fault->kind, kind, sizeof(kind));
	snprintf(text, size, "%s %u %s %u %s", phase_names[fault->phase],
		fault->process, kind, fault->n, strerrorname_np(fault->err));
}

/* Removes what is in the directory; false if there was nothing. */
static bool
clear_directory(void)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	bool was_any = false;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		was_any = true;
		unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	return was_any;
}

/* Whether the only lines are errors of the library, or warnings if is_ok. */
static bool
has_lines(const char *text, bool is_ok)
{
	static const char error[] = "Error (libvmmalloc): ";
	static const char warning[] = "Warning (libvmmalloc): ";
	unsigned int n_errors = 0;

	while (*text != '\0') {
		const char *end = strchr(text, '\n');

		if (strncmp(text, error, sizeof(error) - 1) == 0)
			n_errors++;
		else if (strncmp(text, warning, sizeof(warning) - 1) != 0)
			return false;
		if (end == NULL)
			return false;
		text = end + 1;
	}
	return is_ok ? n_errors == 0 : n_errors > 0;
}

/* Whether the program, or a child of it, has ended because of the fault. */
static bool
has_ended(const struct fault *fault)
{
	int status = WIFEXITED(run.status) ? WEXITSTATUS(run.status) : -1;

	return status == 3 || (status == 127 && fault->phase == FAULT_START);
}

/*
 * How many descriptors may be left open: one for each close that was kept from
 * the kernel, and for each fstat. A descriptor is only closed if fstat says
 * that it is still the library's.
 */
static unsigned int
spare_descriptors(const struct fault *fault)
{
	return fault->kind.nr == SYS_close || fault->kind.nr == SYS_fstat
		? run.hits
		: 0;
}

/*
 * A leak in the process, or NULL. A library may take more or less address space
 * for what it learns at its start, such as the number of processors.
 */
static const char *
find_leak(const struct fault *fault)
{
	if (run.descriptors > reference.descriptors + spare_descriptors(fault))
		return "descriptors are left open";
	if (fault->phase != FAULT_START && fault->kind.nr != SYS_munmap &&
		fault->kind.nr != SYS_mremap &&
		run.address_pages > reference.address_pages + SLACK_PAGES)
		return "address space is left mapped";
	return NULL;
}

/* Why the run is not what it should be, or NULL. */
static const char *
judge(const struct fault *fault)
{
	if (run.has_left_process)
		return "a process is left";
	if (run.is_hung)
		return "hangs";
	if (run.wrong_file[0] != '\0')
		return run.wrong_file;
	if (clear_directory())
		return "a file is left in the directory";
	if (has_ended(fault))
		return has_lines(run.text, false) ? NULL : "no line";
	if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) != 0)
		return "the program fails";
	if (!has_lines(run.text, true))
		return "other lines than warnings";
	return NULL;
}

static const char *
run_once(const struct fault *fault)
{
	if (supervise(&run, fault, command, directory, RUN_SECONDS) != 0)
		exit(99);
	return judge(fault);
}

static void
try(const struct fault *fault)
{
	char text[128];
	const char *why;

	fault_text(fault, text, sizeof(text));
	if (only != NULL && strcmp(only, text) != 0)
		return;
	why = run_once(fault);
	for (int i = 1; i < TRIES && why == NULL && find_leak(fault) != NULL;
		i++)
		why = run_once(fault);
	n_faults[fault->phase]++;
	n_hits[fault->phase] += run.hits > 0;
	n_ended[fault->phase] += has_ended(fault);
	if (shows && has_ended(fault))
		printf("%s", run.text);
	if (why == NULL)
		why = find_leak(fault);
	if (why == NULL)
		return;
	n_failures[fault->phase]++;
	printf("FAILED: %s: %s (status %#x, %u descriptors, %lu pages, %u "
	       "hits)\n%s",
		text, why, (unsigned int)run.status, run.descriptors,
		run.address_pages, run.hits, run.text);
	fflush(stdout);
}

/* Errors that a kernel or a sandbox goes on to return. */
static bool
may_stay(int err)
{
	return err != EINTR && err != EAGAIN && err != EBUSY;
}

static void
try_errors(struct fault fault)
{
	for (const int *err = call_errors(fault.kind); *err != 0; err++) {
		fault.err = *err;
		if (fault.n == ALL_CALLS && !may_stay(*err))
			continue;
		try(&fault);
		if (is_short)
			return;
	}
}

/* Whether an earlier child has made such calls in this phase. */
static bool
is_repeated(const struct call_count *c)
{
	for (const struct call_count *d = reference.count; d < c; d++)
		if (d->phase == c->phase && d->process > 0 && c->process > 0 &&
			d->kind.nr == c->kind.nr &&
			d->kind.detail == c->kind.detail)
			return true;
	return false;
}

static void
try_all(const struct call_count *c)
{
	struct fault fault = { c->phase, c->process, c->kind, 1, 0 };

	if (is_short && is_repeated(c))
		return;
	try_errors(fault);
	if (is_short)
		return;
	if (c->n > 1) {
		fault.n = 2;
		try_errors(fault);
		fault.n = ALL_CALLS;
		try_errors(fault);
	}
	if (c->n > 2) {
		fault.n = c->n;
		try_errors(fault);
	}
}

static void
list(void)
{
	for (unsigned int i = 0; i < reference.n_counts; i++) {
		const struct call_count *c = &reference.count[i];
		char kind[64];

		call_kind_name(c->kind, kind, sizeof(kind));
		printf("%s %u %s: %u\n", phase_names[c->phase], c->process,
			kind, c->n);
	}
}

static void
parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "short", no_argument, NULL, 's' },
		{ "list", no_argument, NULL, 'l' },
		{ "only", required_argument, NULL, 'o' },
		{ "show", no_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		is_short |= option == 's';
		only_lists |= option == 'l';
		shows |= option == 'w';
		if (option == 'o')
			only = optarg;
		if (option == '?')
			exit(2);
	}
	if (argc - optind < 2)
		exit(2);
	directory = argv[optind];
	command = argv + optind + 1;
}

static int
report(void)
{
	unsigned int faults = 0, hits = 0, ended = 0, failures = 0;

	for (unsigned int i = 0; i < FAULT_PHASES; i++) {
		if (n_faults[i] > 0)
			printf("%-12s %5u faults, %5u happened, %4u ended with "
			       "a line, %u failures\n",
				phase_names[i], n_faults[i], n_hits[i],
				n_ended[i], n_failures[i]);
		faults += n_faults[i];
		hits += n_hits[i];
		ended += n_ended[i];
		failures += n_failures[i];
	}
	printf("%-12s %5u faults, %5u happened, %4u ended with a line, %u "
	       "failures\n",
		"all", faults, hits, ended, failures);
	return failures > 0 ? 1 : 0;
}

/* Runs the program without any fault. */
static void
make_reference(void)
{
	unsigned int descriptors = 0;

	for (int i = 0; i < REFERENCES; i++) {
		if (supervise(&reference, NULL, command, directory,
			    RUN_SECONDS) != 0) {
			printf("skipped: no notifications of calls here\n");
			exit(77);
		}
		if (reference.status != 0 || reference.is_hung ||
			reference.text[0] != '\0' || clear_directory()) {
			printf("without any fault: status %#x\n%s",
				(unsigned int)reference.status, reference.text);
			exit(1);
		}
		if (reference.descriptors > descriptors)
			descriptors = reference.descriptors;
	}
	reference.descriptors = descriptors;
}

int
main(int argc, char **argv)
{
	parse_options(argc, argv);
	make_reference();
	if (only_lists) {
		list();
		return 0;
	}
	for (unsigned int i = 0; i < reference.n_counts; i++)
		try_all(&reference.count[i]);
	return report();
}
