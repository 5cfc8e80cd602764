# SPDX-License-Identifier: BSD-3-Clause
# tcc -run: the program is compiled into memory of the heap, and forks there.
. "$TEST_SRCDIR/tests/lib.sh"

need tcc
cat >program.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int
compute(int n)
{
	return n < 2 ? n : compute(n - 1) + compute(n - 2);
}

int
main(int argc, char **argv)
{
	int status;

	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			free(malloc(100000));
			_exit(compute(10 + i) % 256);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return 1;
		printf("child %d, parent %d\n", WEXITSTATUS(status),
			compute(15 + i));
	}
	return 0;
}
END
tcc -run program.c
echo "exit status $?"
tcc -o program program.c && ./program
