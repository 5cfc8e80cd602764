# SPDX-License-Identifier: BSD-3-Clause
# Another preloaded library replaces dlsym, as tracers do: it allocates there,
# and loads a library. Our lookups of the next function work whether that
# library is before or after ours.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
pool=$fast_dir
under="timeout 60"

cat >"$scratch/hooks.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

/* dlvsym is the only way to the next dlsym that does not ask for dlsym. */
void *
dlsym(void *handle, const char *name)
{
	static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17",
		"GLIBC_2.2.5", "GLIBC_2.0" };
	static void *(*next)(void *, const char *);
	static _Thread_local int depth;

	if (depth++ < 100) {
		free(malloc(10000));
		dlopen("libm.so.6", RTLD_NOW);
	} else {
		_Exit(9); /* endless */
	}
	depth--;
	for (int i = 0; next == NULL && i < 4; i++)
		next = (void *(*)(void *, const char *))dlvsym(
			RTLD_NEXT, "dlsym", versions[i]);
	/* a jump, so that RTLD_NEXT is the caller's */
	return next(handle, name);
}
END
cat >"$scratch/program.c" <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *
work(void *arg)
{
	free(malloc(100));
	return arg;
}

int
main(void)
{
	pthread_t thread;
	int status = 1;
	pid_t pid;

	if (dlopen("libm.so.6", RTLD_NOW) == NULL)
		return 2;
	if (pthread_create(&thread, NULL, work, NULL) != 0)
		return 3;
	pthread_join(thread, NULL);
	pid = fork();
	if (pid == 0) {
		free(malloc(100));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 4;
	return status != 0 ? 5 : 0;
}
END
$TEST_CC -O2 -shared -fPIC -o "$scratch/hooks.so" "$scratch/hooks.c" -ldl &&
	$TEST_CC -fno-builtin -pthread -o "$scratch/program" \
		"$scratch/program.c" -ldl || exit 99
LD_PRELOAD=$scratch/hooks.so "$scratch/program" ||
	skip "dlsym cannot be taken over here"

for backend in $TEST_BACKENDS; do
	for order in "$scratch/hooks.so:$library" "$library:$scratch/hooks.so"; do
		preload "$backend" 64M LD_PRELOAD="$order" "$scratch/program" ||
			fail "$backend, $order: status $?"
	done
done
finish
