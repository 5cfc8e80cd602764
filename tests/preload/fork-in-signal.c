/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A signal handler forks while the only thread of the program is in malloc or
 * free, as in programs that start a helper on a timer or SIGCHLD. Nothing
 * hangs: the child ends or executes another program, and the parent continues.
 */
#include "fork.h"
#include "parts.h"

#include <sys/time.h>

#define FORKS 150

static struct heap heap;
static volatile sig_atomic_t n_forks, n_bad;
static bool starts_programs;

static void
on_timer(int number)
{
	int status = -1;
	int saved = errno;
	pid_t pid;

	(void)number;
	pid = fork();
	if (pid == 0) {
		if (starts_programs) {
			execlp("true", "true", NULL);
			_exit(1);
		}
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		n_bad++;
	n_forks++;
	errno = saved;
}

/*
 * Fires after an irregular time, so that it interrupts every kind of work. The
 * timer counts processor time, so that SIGALRM still ends a hanging process.
 */
static void
set_timer(unsigned int microseconds)
{
	struct itimerval timer = { .it_value = { .tv_usec = microseconds } };

	CHECK(setitimer(ITIMER_PROF, &timer, NULL) == 0);
}

static void
forks_of(unsigned int forks)
{
	struct sigaction action = { .sa_handler = on_timer };
	uint64_t state = 5;

	CHECK(sigaction(SIGPROF, &action, NULL) == 0);
	heap_fill(&heap, 1);
	while ((unsigned int)n_forks < test_rounds(forks)) {
		int seen = n_forks;

		set_timer(200 + test_random(&state) % 1500);
		while (n_forks == seen)
			for (size_t size = 20; size < 3 * MIB; size *= 5) {
				char *p = malloc(size);

				CHECK(p != NULL);
				test_fill(p, size < 5000 ? size : 5000, 2);
				free(p);
			}
		if (seen % 16 == 0)
			heap_use(&heap, (unsigned int)seen);
	}
	CHECK(n_bad == 0);
	heap_use(&heap, 3);
}

static void
child_ends(void)
{
	forks_of(FORKS);
}

static void
child_execs(void)
{
	starts_programs = true;
	forks_of(FORKS / 5);
}

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "child-ends", child_ends, NULL },
		{ "child-execs", child_execs, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
