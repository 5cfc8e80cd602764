# SPDX-License-Identifier: BSD-3-Clause
# The jemalloc adapter with libraries that the distribution does not have: one
# with prefixed names, and versions before 5.3, for which tests/adapter/stand-in
# stands in; and what the adapter refuses of them, with one line each.
. "$TEST_SRCDIR/tests/adapter/common.sh"

src=$TEST_SRCDIR
flags="-std=gnu11 -O1 -fPIC -fvisibility=hidden -fno-builtin"
includes="-I. -I$src -I$src/include -I$src/tests/adapter/stand-in"
# shellcheck disable=SC2086 # lists of words
$TEST_CC $flags -fvisibility=default $includes -shared \
	-o "$scratch/libold.so" "$src/tests/adapter/stand-in/old_jemalloc.c" &&
	$TEST_CC $flags $includes -shared -o "$scratch/jemalloc.so" \
		"$src/backends/library.c" "$src"/backends/jemalloc/*.c \
		"$scratch/libold.so" -Wl,-rpath,"$scratch" -Wl,-z,nodelete
status=$?
check "the adapter builds with a prefixed jemalloc" $status
test $status -eq 0 || finish

# run_old COMMAND...: with the stand-in as the backend
run_old()
{
	preload jemalloc 512M VMMALLOC_BACKEND_PATH="$scratch" "$@" \
		2>"$scratch/err"
}

for version in 5.0.0 5.1.0-0-gabcdef 5.2.1 5.3.0; do
	for program in alignment calloc-zero edges realloc; do
		OLD_VERSION=$version run_old "tests/preload/$program"
		status=$?
		cat "$scratch/err"
		check "$program, jemalloc $version" $status
		test ! -s "$scratch/err"
		check "$program, jemalloc $version: nothing on stderr" $?
	done
done

# refused TEXT VARIABLE=VALUE
refused()
{
	run_old env "$2" true
	status=$?
	test $status -eq 127 && test "$(wc -l <"$scratch/err")" -eq 1 &&
		grep -q "^Error (libvmmalloc): jemalloc: .*$1" "$scratch/err"
	status=$?
	check "$2 is refused: $(cat "$scratch/err")" $status
}

refused 'version 5.0 or later is needed, not 4.5.0' OLD_VERSION=4.5.0-0-g123
refused 'pages of 1024 bytes do not fit' OLD_CONF=page:1k
refused 'xmalloc:true' OLD_CONF=xmalloc:true

# a library that lacks some of the functions
# shellcheck disable=SC2086 # lists of words
$TEST_CC $flags -fvisibility=default $includes -shared \
	-Dold_dallocx=other_dallocx -o "$scratch/libold.so" \
	"$src/tests/adapter/stand-in/old_jemalloc.c" || exit 99
refused 'no function old_dallocx' OLD_VERSION=5.3.0
finish
