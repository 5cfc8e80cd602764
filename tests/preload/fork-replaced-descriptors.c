/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread replaces all high descriptors while another one forks: what fork
 * writes never reaches the files of the program, each child that there is has a
 * heap of its own, and no process but these children can be waited for.
 */
#include "fork.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#define FORKS 12
#define SIZE ((size_t)8 << 20) /* enough to be written to a descriptor */

static struct heap heap;
static bool must_stop;

static void *
replace(void *arg)
{
	int fd = *(int *)arg;

	while (!__atomic_load_n(&must_stop, __ATOMIC_ACQUIRE)) {
		for (int n = 1000; n < 1016; n++)
			CHECK(dup2(fd, n) == n || errno == EBADF ||
				errno == EBUSY); /* it is just being opened */
		for (int n = 1000; n < 1016; n++)
			close(n);
		CHECK(waitpid(-1, NULL, WNOHANG) <= 0);
	}
	return NULL;
}

/* A child that uses its heap once the pipe is closed; -1 if there is none. */
static pid_t
fork_waiting(int pipe_end, int other_end, unsigned int n)
{
	pid_t pid = fork();
	char c;

	CHECK(pid >= 0 || errno == ENOMEM);
	if (pid == 0) {
		close(other_end);
		CHECK(read(pipe_end, &c, 1) == 0);
		heap_verify(&heap);
		heap_use(&heap, n);
		_exit(0);
	}
	return pid;
}

int
main(void)
{
	int fd = test_create_file();
	pid_t pids[FORKS];
	pthread_t thread;
	struct stat st;
	char *block = malloc(SIZE);
	char text[5];
	int ends[2];

	CHECK(write(fd, "text", 4) == 4);
	CHECK(block != NULL);
	memset(block, 1, SIZE);
	heap_fill(&heap, 1);
	CHECK(pipe(ends) == 0);
	CHECK(pthread_create(&thread, NULL, replace, &fd) == 0);
	for (unsigned int i = 0; i < FORKS; i++) {
		pids[i] = fork_waiting(ends[0], ends[1], i);
		heap_verify(&heap);
	}
	__atomic_store_n(&must_stop, true, __ATOMIC_RELEASE);
	CHECK(pthread_join(thread, NULL) == 0);
	heap_use(&heap, FORKS);
	close(ends[1]);
	for (unsigned int i = 0; i < FORKS; i++)
		if (pids[i] > 0)
			wait_checked(pids[i]);
	for (size_t i = 0; i < SIZE; i += 4096)
		CHECK(block[i] == 1);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 4);
	CHECK(pread(fd, text, 5, 0) == 4 && memcmp(text, "text", 4) == 0);
	return 0;
}
