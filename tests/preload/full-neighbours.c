/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program whose heap takes most of the file system starts other programs,
 * which inherit its environment and so create pools of the same size: they need
 * little of them, start and run. Runs on a file system of its own that is only
 * slightly larger than one pool.
 */
#include "fork.h"
#include "parts.h"

#define CHILDREN 3

static struct heap heap;

static void
fill_pool(void)
{
	size_t size = vmmalloc_host_get != NULL
		? vmmalloc_host_get()->pool_size / 4 * 3
		: 180 * MIB;
	void *p = malloc(size);

	CHECK(p != NULL);
	test_fill(p, size, 1);
	heap_fill(&heap, 1);
}

static void
by_system(void)
{
	fill_pool();
	CHECK(system("exit 0") == 0);
	CHECK(system("true && (true; true) && exit 0") == 0);
	heap_use(&heap, 2);
}

static void
by_popen(void)
{
	char line[64];
	FILE *file;

	fill_pool();
	file = popen("echo a line | cat", "r");
	CHECK(file != NULL);
	CHECK(fgets(line, sizeof(line), file) != NULL);
	CHECK(strcmp(line, "a line\n") == 0);
	CHECK(pclose(file) == 0);
	heap_use(&heap, 2);
}

/* Several at the same time, each of which starts a program. */
static void
by_spawn(void)
{
	static char shell[] = "sh", option[] = "-c",
		    script[] = "sleep 0.2; true";
	char *const args[] = { shell, option, script, NULL };
	pid_t pids[CHILDREN];

	fill_pool();
	for (unsigned int i = 0; i < CHILDREN; i++)
		CHECK(posix_spawnp(
			      &pids[i], shell, NULL, NULL, args, environ) == 0);
	for (unsigned int i = 0; i < CHILDREN; i++)
		wait_checked(pids[i]);
	heap_use(&heap, 2);
}

/* This program again, as another one that uses its pool a little. */
static void
by_vfork(void)
{
	fill_pool();
	for (unsigned int i = 0; i < CHILDREN; i++) {
		pid_t pid = vfork();

		CHECK(pid >= 0);
		if (pid == 0) {
			execl("/proc/self/exe", "self", "neighbour", NULL);
			_exit(1);
		}
		wait_checked(pid);
	}
	heap_use(&heap, 2);
}

static void
neighbour(void)
{
	heap_fill(&heap, 3);
	heap_use(&heap, 4);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "system", by_system, NULL }, { "popen", by_popen, NULL },
		{ "spawn", by_spawn, NULL }, { "vfork", by_vfork, NULL },
		{ "neighbour", neighbour, NULL }, /* alone: it succeeds */
	};

	return PARTS_RUN(argc, argv, parts);
}
