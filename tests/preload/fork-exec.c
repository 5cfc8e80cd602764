/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All ways to start another program: it gets a pool of its own and inherits no
 * descriptor of ours.
 */
#include "fork.h"

#include <spawn.h>
#include <sys/stat.h>

extern char **environ;

static struct heap heap;

/* This program again, as the program that is started. */
static int
be_started(void)
{
	const char *mode = getenv("VMMALLOC_FORK");
	unsigned int unlinked = 0;

	CHECK(vmmalloc_host_get != NULL);
	for (int fd = 3; fd < 2000; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
			st.st_nlink == 0)
			unlinked++;
	}
	/* its own pool's file, and one for the copy for a child */
	CHECK(unlinked == (mode != NULL && *mode >= '2' ? 2 : 1));
	heap_fill(&heap, 3);
	heap_use(&heap, 4);
	return 0;
}

int
main(int argc, char **argv)
{
	static char child[] = "child";
	char *const args[] = { argv[0], child, NULL };
	char command[4200];
	pid_t pid;
	FILE *pipe_;
	char line[64];

	if (argc == 2)
		return be_started();
	CHECK(vmmalloc_host_get != NULL);
	heap_fill(&heap, 1);

	pid = fork_checked();
	if (pid == 0) {
		heap_use(&heap, 9);
		execv(argv[0], args);
		_exit(1);
	}
	wait_checked(pid);
	heap_use(&heap, 2);

	pid = vfork();
	CHECK(pid >= 0);
	if (pid == 0) {
		execv(argv[0], args);
		_exit(1);
	}
	wait_checked(pid);
	heap_use(&heap, 3);

	CHECK(posix_spawn(&pid, argv[0], NULL, NULL, args, environ) == 0);
	wait_checked(pid);
	heap_use(&heap, 4);

	snprintf(command, sizeof(command), "'%s' child", argv[0]);
	CHECK(system(command) == 0);
	heap_use(&heap, 5);

	pipe_ = popen("echo a line", "r");
	CHECK(pipe_ != NULL);
	CHECK(fgets(line, sizeof(line), pipe_) != NULL);
	CHECK(strcmp(line, "a line\n") == 0);
	CHECK(pclose(pipe_) == 0);
	heap_use(&heap, 6);
	return 0;
}
