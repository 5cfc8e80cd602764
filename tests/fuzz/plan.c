/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fuzz target of the reader of plans, vmmalloc compare --plan: an input is
 * the file; bytes that no plan needs stand for words that many have.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "cli/cli.h"
#include "cli/compare/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_MAX 65536

static const char *const words[] = { "\n[", "]\n",
	"\ncommand = ", "\nsetup = ", "\nprepare=", "\ncleanup=", "\nload = ",
	"\nready = ", "\nmetric = ", "a=([0-9]+)", "\nignore-output = ", "yes",
	"no", "\n#", "\n", " = " };

/*
 * Writes the input, with words, and returns its length. Braces and plus signs
 * are left out: regcomp of the C library doubles what it has for each of them.
 */
static size_t
make_file(const uint8_t *data, size_t size, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < size && n < FILE_MAX - 32; i++) {
		if (data[i] >= 0x80 && data[i] < 0xc0) {
			const char *word = words[data[i] % 16];

			memcpy(to + n, word, strlen(word));
			n += strlen(word);
		} else if (data[i] == '\0' || strchr("{}+", data[i]) == NULL) {
			to[n++] = (char)data[i];
		}
	}
	return n;
}

static void
check_plan(const struct vmm_task *tasks, size_t n)
{
	FUZZ_CHECK(n > 0);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(tasks[i].name[0] != '\0');
		FUZZ_CHECK(
			tasks[i].argv != NULL && tasks[i].argv[2][0] != '\0');
		FUZZ_CHECK(tasks[i].argv[3] == NULL);
		FUZZ_CHECK(tasks[i].design.runs == 3);
		for (size_t j = 0; j < i; j++)
			FUZZ_CHECK(strcmp(tasks[i].name, tasks[j].name) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vmm_design defaults = { .runs = 3 };
	static char file[FILE_MAX];
	size_t n = make_file(data, size, file);
	int fd = memfd_create("plan", MFD_CLOEXEC);
	struct vmm_task *tasks;
	char *complaint;
	size_t n_tasks = 0;
	char path[32];

	free(vmm_complaint_take());
	FUZZ_CHECK(fd >= 0 && write(fd, file, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	tasks = vmm_plan_read(path, &defaults, &n_tasks);
	close(fd);
	complaint = vmm_complaint_take();
	FUZZ_CHECK((tasks == NULL) == (complaint != NULL));
	if (tasks != NULL)
		check_plan(tasks, n_tasks);
	free(complaint);
	free(tasks);
	return 0;
}
