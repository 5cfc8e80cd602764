/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program with a leak, for vmmalloc record --stacks: of the requests that it
 * handles, remember_request never frees what it allocates. With the argument
 * "fork" a child handles them; with "load", a library is loaded and unloaded in
 * between.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS 2000
#define NOINLINE __attribute__((noinline))

static char *volatile last;

static NOINLINE void
remember_request(size_t size)
{
	char *copy = malloc(size);

	memset(copy, 1, size);
	last = copy;
}

static NOINLINE void
answer_request(size_t size)
{
	char *answer = calloc(1, 100 * size);

	answer = realloc(answer, 200 * size);
	last = answer;
	free(answer);
}

static NOINLINE int
handle_requests(void)
{
	for (int i = 0; i < REQUESTS; i++) {
		remember_request(300);
		answer_request(300);
	}
	return last == NULL;
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";
	int status = 1;

	if (strcmp(what, "load") == 0) {
		void *library = dlopen("libm.so.6", RTLD_NOW);

		handle_requests();
		if (library != NULL)
			dlclose(library);
	}
	if (strcmp(what, "fork") != 0)
		return handle_requests();
	if (fork() == 0)
		exit(handle_requests());
	wait(&status);
	return status;
}
