/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vmmalloc record: runs a command with the backend record around the backend
 * that was chosen (backends/record/record.c).
 */
#include "config.h"

#include "base/parse.h"
#include "base/trace_format.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/locate.h"
#include "cli/preload.h"
#include "cli/settings.h"
#include "cli/trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORDER "record"
#define FILE_VAR "VMMALLOC_RECORD_FILE"
#define BACKEND_VAR "VMMALLOC_RECORD_BACKEND"
#define PID_VAR "VMMALLOC_RECORD_PID"
#define SAMPLE_VAR "VMMALLOC_RECORD_SAMPLE"
#define STACKS_VAR "VMMALLOC_RECORD_STACKS"
#define DEPTH "32" /* frames, if --stacks has no number */

static const char *output;
static const char *sample = "0"; /* all blocks */
static const char *stacks = "0"; /* none */

/*
 * Finds the directory of the recorder: beside the backends that are installed,
 * or in the build tree that the library is part of. Puts it in front of those
 * that are searched. 0, or -1 after a complaint.
 */
static int
find_recorder(struct vmm_settings *settings)
{
	char *directories = vmm_locate_directories(settings->backend_path);
	char *rest = directories;
	char *found = NULL;
	char *directory, *longer;

	while (found == NULL && (directory = strsep(&rest, ":")) != NULL) {
		char *installed = vmm_text("%s/" RECORDER, directory);
		char *built = vmm_text("%s/../" RECORDER "/.libs", directory);
		const char *in[] = { installed, built };

		for (size_t i = 0; i < 2 && found == NULL; i++) {
			char *file = vmm_text("%s/" RECORDER ".so", in[i]);

			if (access(file, R_OK) == 0)
				found = realpath(in[i], NULL);
			free(file);
		}
		free(installed);
		free(built);
	}
	free(directories);
	if (found == NULL) {
		vmm_complain("record: the recorder " RECORDER "/" RECORDER
			     ".so is not beside the backends; install it");
		return -1;
	}
	longer = vmm_text("%s%s%s", found,
		settings->backend_path[0] != '\0' ? ":" : "",
		settings->backend_path);
	free(found);
	settings->backend_path = longer;
	return 0;
}

/* The file by an absolute name, for free(3). */
static char *
make_absolute(const char *name)
{
	char *here, *path;

	if (name[0] == '/')
		return vmm_text("%s", name);
	here = getcwd(NULL, 0);
	path = vmm_text("%s/%s", here != NULL ? here : "", name);
	free(here);
	return path;
}

/*
 * Finds out whether the file can be made, and removes an old one of that name.
 * 0, or -1 after a complaint.
 */
static int
prepare_file(const char *path)
{
	struct stat st;
	int fd;

	if (strlen(path) >= PATH_MAX) {
		vmm_complain("record: cannot write a file with a name of %zu "
			     "bytes",
			strlen(path));
		return -1;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		vmm_complain(
			"record: cannot write '%s': not a regular file", path);
		return -1;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0) {
		vmm_complain(
			"record: cannot write '%s': %s", path, strerror(errno));
		return -1;
	}
	close(fd);
	/* made again by the first process that writes */
	if (unlink(path) == 0)
		return 0;
	vmm_complain("record: cannot replace '%s': %s", path, strerror(errno));
	return -1;
}

static void
set(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		vmm_complain("cannot set %s: %s", name, strerror(errno));
}

/* Sets the variables for samples and stacks. 0, or -1 after a complaint. */
static int
export_numbers(void)
{
	size_t bytes = 0;
	int depth = 0;
	char *text;

	if (strcmp(sample, "0") != 0 &&
		(vmm_parse_size(sample, &bytes) != 0 || bytes == 0 ||
			bytes > VMM_TRACE_SAMPLE_MAX)) {
		vmm_complain("record: bad --sample '%s': not a size up to 1G",
			sample);
		return -1;
	}
	if (vmm_parse_int(stacks, 0, VMM_TRACE_DEPTH_MAX, &depth) != 0) {
		vmm_complain("record: bad --stacks '%s': not a number up to %d",
			stacks, VMM_TRACE_DEPTH_MAX);
		return -1;
	}
	text = vmm_text("%zu", bytes);
	set(SAMPLE_VAR, text);
	free(text);
	set(STACKS_VAR, stacks);
	return 0;
}

static int export(struct vmm_settings *settings, const char *backend)
{
	char *file = make_absolute(output);
	char *inner = vmm_locate_backend(settings->backend_path, backend);
	char *whole = inner != NULL ? realpath(inner, NULL) : NULL;
	char *pid = vmm_text("%d", (int)getpid());
	int result = -1;

	if (whole != NULL && find_recorder(settings) == 0 &&
		export_numbers() == 0 && prepare_file(file) == 0) {
		vmm_settings_export(settings, RECORDER, NULL);
		set(FILE_VAR, file);
		set(BACKEND_VAR, whole);
		set(PID_VAR, pid);
		result = 0;
	}
	free(file);
	free(inner);
	free(whole);
	free(pid);
	return result;
}

static int
run(const struct vmm_pool_choice *pool, char *arguments[])
{
	struct vmm_settings settings;
	const char *backend;
	char *path;
	int status;

	if (vmm_trace_check("record") != 0)
		return VMM_EXIT_RUN_FAILED;
	if (output == NULL) {
		vmm_complain("record: give a file with -o FILE; see 'vmmalloc "
			     "help record'");
		return VMM_EXIT_RUN_FAILED;
	}
	if (vmm_settings_resolve(&settings, pool) != 0)
		return VMM_EXIT_RUN_FAILED;
	backend = vmm_settings_pick_backend(&settings, pool->backend);
	if (backend == NULL)
		return VMM_EXIT_RUN_FAILED;
	status = vmm_preload_check(arguments[0], settings.library, &path);
	if (status != 0)
		return status;
	if (export(&settings, backend) != 0)
		return VMM_EXIT_RUN_FAILED;
	execvp(path, arguments);
	vmm_complain("cannot run '%s': %s", arguments[0], strerror(errno));
	return errno == ENOENT ? VMM_EXIT_NOT_FOUND : VMM_EXIT_CANNOT_EXECUTE;
}

static const struct vmm_option options[] = {
	{ .letter = 'o',
		.name = "output",
		.value = "FILE",
		.meaning = "the trace; %p stands for the process ID, which "
			   "otherwise ends the names of those of child "
			   "processes",
		.text = &output },
	{ .name = "sample",
		.value = "BYTES",
		.meaning = "only a sample of the blocks: one per BYTES that "
			   "are allocated, on average",
		.text = &sample },
	{ .name = "stacks",
		.value = "DEPTH",
		.implied = DEPTH,
		.meaning = "the stack of each allocation, up to DEPTH frames "
			   "[" DEPTH "]",
		.text = &stacks },
	{ .name = NULL },
};

const struct vmm_command vmm_command_record = {
	.name = "record",
	.summary = "record the allocations of a program",
	.arguments = "-o FILE [--] COMMAND [ARGUMENT...]",
	.description =
		"Runs COMMAND in a pool, as vmmalloc run does, and writes each "
		"call of malloc and its relatives to a trace, for vmmalloc "
		"trace and vmmalloc replay.",
	.notes = "A process that ends by _exit(2), exec(3) or a signal loses "
		 "the last second of its trace, and each thread at most its "
		 "last 32768 calls.",
	.options = options,
	.has_backend = true,
	.has_pool = true,
	.needs_program = true,
	.usage_status = VMM_EXIT_RUN_FAILED,
	.run = run,
};
