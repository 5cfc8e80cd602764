/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fork in one thread while others use streams. A stream lock that another
 * thread of the parent holds stays held there; in the child, which has no such
 * thread, it is released. Neither side hangs, whether a thread is in malloc or
 * in stdio.
 */
#include "fork.h"
#include "parts.h"
#include "platform.h"

#include <pthread.h>

#define STREAMS 3
#define FORKS 40

static FILE *streams[STREAMS];
static int held[2], release[2];
static bool is_over; /* atomic */

static void *
hold(void *arg)
{
	char byte;

	for (int i = 0; i < STREAMS; i++)
		flockfile(streams[i]);
	CHECK(write(held[1], "", 1) == 1);
	CHECK(read(release[0], &byte, 1) == 1);
	for (int i = 0; i < STREAMS; i++) {
		CHECK(fprintf(streams[i], "holder\n") == 7);
		funlockfile(streams[i]);
	}
	return arg;
}

static bool
is_free(FILE *stream)
{
	if (ftrylockfile(stream) != 0)
		return false;
	funlockfile(stream);
	return true;
}

static void
open_streams(void)
{
	static char buffer[100];

	streams[0] = fopen("/dev/null", "w");
	streams[1] = fmemopen(buffer, sizeof(buffer), "w");
	streams[2] = stdout;
	for (int i = 0; i < STREAMS; i++)
		CHECK(streams[i] != NULL);
}

static void
holds(bool closes)
{
	pthread_t thread;
	char byte;

	if (closes)
		CHECK(test_close_from(3) == 0);
	CHECK(pipe(held) == 0 && pipe(release) == 0);
	open_streams();
	CHECK(pthread_create(&thread, NULL, hold, NULL) == 0);
	CHECK(read(held[0], &byte, 1) == 1);
	for (unsigned int i = 0; i < 3; i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			for (int k = 0; k < STREAMS; k++) {
				CHECK(is_free(streams[k]));
				CHECK(fprintf(streams[k], "child\n") == 6);
			}
			free(malloc(MIB));
			_exit(0);
		}
		wait_checked(pid);
		for (int k = 0; k < STREAMS; k++)
			CHECK(!is_free(streams[k]));
	}
	CHECK(write(release[1], "", 1) == 1);
	CHECK(pthread_join(thread, NULL) == 0);
	for (int k = 0; k < STREAMS; k++) {
		CHECK(is_free(streams[k]));
		CHECK(fprintf(streams[k], "parent\n") == 7);
	}
}

static void
locked(void)
{
	holds(false);
}

static void
locked_closed(void)
{
	holds(true);
}

/* getline allocates while it holds the lock of the stream. */
static void *
read_lines(void *arg)
{
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		FILE *file = fopen("/proc/self/maps", "r");
		char *line = NULL;
		size_t size = 0;

		CHECK(file != NULL);
		while (getline(&line, &size, file) > 0) {
			free(line);
			line = NULL;
			size = 0;
		}
		free(line);
		fclose(file);
	}
	return arg;
}

/* fflush(NULL) walks the list of all streams and locks each of them. */
static void *
flush_all(void *arg)
{
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
		FILE *file = fopen("/dev/null", "w");

		CHECK(file != NULL);
		CHECK(fprintf(file, "%d", 5) == 1);
		CHECK(fflush(NULL) == 0);
		fclose(file);
	}
	return arg;
}

static void
in_use(void)
{
	void *(*const users[])(void *) = { read_lines, flush_all, read_lines };
	pthread_t threads[3];

	open_streams();
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&threads[i], NULL, users[i], NULL) == 0);
	for (unsigned int i = 0; i < test_rounds(FORKS); i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			char *line = NULL;
			size_t size = 0;
			FILE *file = fopen("/proc/self/status", "r");

			CHECK(file != NULL);
			CHECK(getline(&line, &size, file) > 0);
			free(line);
			fclose(file);
			CHECK(fprintf(streams[0], "child\n") == 6);
			/*
			 * The kernel copies the descriptors before the memory:
			 * a file opened between the two is not open in the
			 * child.
			 */
			CHECK(fflush(NULL) == 0 || errno == EBADF);
			_exit(0);
		}
		wait_checked(pid);
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 3; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "locked", locked, NULL },
		{ "locked-closed", locked_closed, NULL },
		{ "in-use", in_use, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
