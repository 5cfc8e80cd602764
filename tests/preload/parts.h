/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * For a program of several parts: without an argument it starts itself once per
 * part, so that each part has a process and a heap of its own, and a part that
 * crashes or hangs does not hide the next. With the name of a part as argument
 * it runs that part, which also serves to repeat a failure by hand. Nothing
 * here allocates.
 */
#ifndef PARTS_H
#define PARTS_H

#include "test.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

/* A part that hangs is ended after this. */
#define PART_SECONDS 40

struct part {
	const char *name;
	void (*run)(void);
	void (*before)(void); /* in the process that starts it, if not NULL */
};

/*
 * Runs the part as a process of its own and returns its exit status, or 1 if it
 * was terminated by a signal.
 */
static inline int
part_start(const char *program, const struct part *part)
{
	char name[64], self[4096];
	char *const args[] = { self, name, NULL };
	posix_spawnattr_t attr;
	int status;
	pid_t pid;

	snprintf(name, sizeof(name), "%s", part->name);
	snprintf(self, sizeof(self), "%s", program);
	CHECK(posix_spawnattr_init(&attr) == 0);
	CHECK(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP) == 0);
	CHECK(posix_spawn(&pid, "/proc/self/exe", NULL, &attr, args, environ) ==
		0);
	posix_spawnattr_destroy(&attr);
	CHECK(waitpid(pid, &status, 0) == pid);
	kill(-pid, SIGKILL); /* its children, if they hang */
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "FAILED: %s: %s\n", name,
			strsignal(WTERMSIG(status)));
		return 1;
	}
	if (WEXITSTATUS(status) == 77)
		fprintf(stderr, "(that was %s)\n", name);
	else if (status != 0)
		fprintf(stderr, "FAILED: %s: exit status %d\n", name,
			WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

/* Returns the exit status for main: 77 if no part could be run. */
static inline int
parts_run(int argc, char **argv, const struct part *parts, size_t n)
{
	size_t failed = 0, skipped = 0;

	if (getenv("VMMALLOC_POOL_DIR") != NULL)
		CHECK(vmmalloc_host_get != NULL);
	for (size_t i = 0; i < n; i++) {
		int status;

		if (argc > 1 && strcmp(argv[1], parts[i].name) != 0)
			continue;
		if (argc > 1) {
			alarm(PART_SECONDS);
			parts[i].run();
			return 0;
		}
		if (parts[i].before != NULL)
			parts[i].before();
		status = part_start(argv[0], &parts[i]);
		if (status == 77)
			skipped++;
		else if (status != 0)
			failed++;
	}
	CHECK(argc == 1);
	return failed > 0 ? 1 : skipped == n ? 77 : 0;
}

#define PARTS_RUN(argc, argv, parts) \
	parts_run(argc, argv, parts, sizeof(parts) / sizeof((parts)[0]))

#endif /* PARTS_H */
