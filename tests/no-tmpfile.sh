# SPDX-License-Identifier: BSD-3-Clause
# A file system without O_TMPFILE, as a library that refuses it plays it: the
# pool's file has a name for a moment, which the debug variant logs, and then is
# like any other: out of reach, removed, and copied at fork.
set -u

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
pool=$scratch/pool
mkdir "$pool" || exit 99
failures=0

fail()
{
	echo "FAILED: $*"
	failures=$((failures + 1))
}

cat >"$scratch/shim.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static int
open_but(const char *function, const char *path, int flags, int mode)
{
	int (*next)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, function);

	if ((flags & O_TMPFILE) == O_TMPFILE) {
		errno = atoi(getenv("SHIM_ERRNO"));
		return -1;
	}
	return next(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	return open_but("open", path, flags, 0600);
}

int
open64(const char *path, int flags, ...)
{
	return open_but("open64", path, flags, 0600);
}
END
$TEST_CC -shared -fPIC -o "$scratch/shim.so" "$scratch/shim.c" || exit 99

# run VARIANT COMMAND...
run()
{
	variant=$1
	shift
	env LD_PRELOAD="$scratch/shim.so:$TEST_BUILDDIR/$variant/libvmmalloc.so.1" \
		SHIM_ERRNO="$errno" VMMALLOC_POOL_DIR="$pool" \
		VMMALLOC_POOL_SIZE=64M VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/.libs" "$@"
}

# EOPNOTSUPP, EISDIR, EINVAL, ENOENT: kernels and file systems differ
for errno in 95 21 22 2; do
	text=$(umask 0 && run .libs find -L /proc/self/fd -maxdepth 1 \
		-type f -links 0 -printf '%m %s\n' 2>/dev/null)
	test "$text" = "600 67108864" ||
		fail "mode and size of the pool file, error $errno: $text"
	test -z "$(ls -A "$pool")" || fail "left behind: $(ls -A "$pool")"
done
errno=95
VMMALLOC_LOG_LEVEL=3 run debug/.libs true 2>"$scratch/log"
grep -qE "<3> .* unlinked file is \"$pool/vmem\.[A-Za-z0-9]{6}\"\$" \
	"$scratch/log" || fail "no name in the log: $(cat "$scratch/log")"
VMMALLOC_FORK=2 run .libs "$TEST_BUILDDIR/tests/preload/fork-private" ||
	fail "fork in mode 2: exit status $?"
# another error is one
errno=13
run .libs true 2>"$scratch/err"
test $? = 127 || fail "EACCES is not the end"
test -z "$(ls -A "$pool")" || fail "left behind: $(ls -A "$pool")"
test $failures = 0
