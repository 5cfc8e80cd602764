#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tcmalloc adapter with both libraries that configure can choose,
# libtcmalloc_minimal and libtcmalloc, whichever this build has.
. "${srcdir:-.}/tests/adapter-common.sh"

test -f backends/.libs/tcmalloc.so || finish
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
src=$TEST_SRCDIR
flags="-O1 -fPIC -fvisibility=hidden -fno-builtin"
flags="$flags -I. -I$src -I$src/include"

# run_variant COMMAND...: with the plugin that was just built
run_variant()
{
	VMMALLOC_POOL_DIR=$dir VMMALLOC_POOL_SIZE=1G \
	VMMALLOC_BACKEND=tcmalloc VMMALLOC_BACKEND_PATH=$scratch \
	LD_PRELOAD=$PWD/.libs/libvmmalloc.so.1 "$@"
}

# shellcheck disable=SC2086 # a list of words
for file in backends/library.c backends/tcmalloc/tcmalloc.c; do
	$TEST_CC -std=gnu11 $flags -c -o "$scratch/$(basename $file).o" \
		"$src/$file" || exit 99
done
# shellcheck disable=SC2086 # a list of words
$TEST_CXX $flags -fno-exceptions -c -o "$scratch/sys.o" \
	"$src/backends/tcmalloc/tcmalloc_sys.cc" &&
	$TEST_CXX $flags -fno-exceptions -c -o "$scratch/place.o" \
		"$src/backends/tcmalloc/place.cc" || exit 99

for library in tcmalloc_minimal tcmalloc; do
	if ! $TEST_CXX -shared -o "$scratch/tcmalloc.so" "$scratch"/*.o \
		"-l$library" -Wl,-z,nodelete 2>"$scratch/err"; then
		echo "not tested, because it is not there: lib$library"
		continue
	fi
	run_variant tests/adapter-pool 4 4000
	check "$library: in the pool" $?
	run_variant tests/adapter-ctl tcmalloc
	check "$library: properties" $?
	run_variant tests/adapter-fork
	check "$library: fork" $?
	HEAPPROFILE=$scratch/profile run_variant tests/adapter-pool 2 100 \
		2>"$scratch/err"
	check "$library: HEAPPROFILE" $?
	HEAPCHECK=normal run_variant env true 2>"$scratch/err"
	status=$?
	if test "$library" = tcmalloc; then
		test -s "$scratch/profile.0001.heap"
		check "$library writes a heap profile" $?
		test $status -eq 127 && test "$(wc -l <"$scratch/err")" -eq 1
		status=$?
	fi
	check "$library, HEAPCHECK: $(cat "$scratch/err")" $status
done
finish
