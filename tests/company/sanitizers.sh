# SPDX-License-Identifier: BSD-3-Clause
# Programs with a sanitizer or an audit library. A sanitizer needs its own
# malloc, and the program is told so in one line. Under an audit library
# programs run and fork if the library was configured for that; otherwise the
# dynamic linker refuses it.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
shown=$scratch/err

# run BACKEND COMMAND...: its errors are in $scratch/err
run()
{
	cases=$((cases + 1))
	run_backend=$1
	shift
	preload "$run_backend" 64M "$@" >"$scratch/out" 2>"$scratch/err"
}

cat >"$scratch/program.c" <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
nothing(void)
{
}

static void *
use(void *arg)
{
	free(strdup("text"));
	free(malloc(300000));
	return arg;
}

int
main(void)
{
	pthread_t thread;
	int status;

	pthread_atfork(nothing, nothing, nothing);
	for (int i = 0; i < 3; i++) {
		if (pthread_create(&thread, NULL, use, NULL) != 0)
			return 2;
		pthread_join(thread, NULL);
		if (fork() == 0) {
			use(NULL);
			_exit(0);
		}
		if (wait(&status) < 0 || status != 0)
			return 3;
	}
	return 0;
}
END
$TEST_CC -pthread -o "$scratch/program" "$scratch/program.c" || exit 99

cat >"$scratch/audit.c" <<'END'
#define _GNU_SOURCE
#include <link.h>
#include <stdlib.h>

unsigned int
la_version(unsigned int version)
{
	free(malloc(100));
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}
END
remedy=glibc.rtld.optional_static_tls=4096
if grep -q '^#define VMM_NO_TLS_ROOM' "$TEST_BUILDDIR/config.h" &&
	$TEST_CC -shared -fPIC -o "$scratch/audit.so" "$scratch/audit.c" &&
	LD_AUDIT=$scratch/audit.so "$scratch/program"; then
	for backend in $TEST_BACKENDS; do
		run "$backend" LD_AUDIT="$scratch/audit.so" "$scratch/program" &&
			continue
		# jemalloc may need more than there is, and names the remedy
		grep -q "^Error (libvmmalloc): .*$remedy" "$scratch/err" ||
			fail "$backend, LD_AUDIT"
		run "$backend" LD_AUDIT="$scratch/audit.so" \
			GLIBC_TUNABLES=$remedy "$scratch/program" ||
			fail "$backend, LD_AUDIT, $remedy"
	done
fi

# A sanitizer's runtime is part of the program, or a library after ours; in that
# case ours is the first to be asked for memory.
for sanitizer in address memory thread; do
	watched=$scratch/$sanitizer
	if ! $TEST_CC -pthread -fsanitize=$sanitizer -o "$watched" \
		"$scratch/program.c" 2>"$scratch/err" || ! "$watched"; then
		echo "left out: the compiler has no $sanitizer sanitizer"
		continue
	fi
	if run native "$watched"; then
		prefix=Warning
	else
		prefix=Error
		# AddressSanitizer's own message comes first
		! grep -q 'ASan runtime' "$scratch/err" || continue
	fi
	grep -q "^$prefix (libvmmalloc): .*Sanitizer has a malloc" \
		"$scratch/err" || fail "$sanitizer: not said"
	test "$(wc -l <"$scratch/err")" = 1 || fail "$sanitizer: not one line"
done
left=$(ls -A "$pool")
test -z "$left" || fail "left behind in the pool's directory: $left"
finish
