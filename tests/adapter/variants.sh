# SPDX-License-Identifier: BSD-3-Clause
# The tcmalloc adapter with both libraries that configure can choose,
# libtcmalloc_minimal and libtcmalloc, whichever this build has.
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/tcmalloc.so || finish
src=$TEST_SRCDIR
flags="-O1 -fPIC -fvisibility=hidden -fno-builtin"
flags="$flags -I. -I$src -I$src/include"

# run_variant COMMAND...: with the plugin that was just built
run_variant()
{
	preload tcmalloc 1G VMMALLOC_BACKEND_PATH="$scratch" "$@"
}

for file in "$src/backends/library.c" "$src"/backends/tcmalloc/*.c; do
	# shellcheck disable=SC2086 # a list of words
	$TEST_CC -std=gnu11 $flags -c -o "$scratch/$(basename "$file").o" \
		"$file" || exit 99
done
for file in "$src"/backends/tcmalloc/*.cc; do
	# shellcheck disable=SC2086 # a list of words
	$TEST_CXX $flags -fno-exceptions -c -o "$scratch/$(basename "$file").o" \
		"$file" || exit 99
done

for lib in tcmalloc_minimal tcmalloc; do
	if ! $TEST_CXX -shared -o "$scratch/tcmalloc.so" "$scratch"/*.o \
		"-l$lib" -Wl,-z,nodelete 2>"$scratch/err"; then
		echo "not tested, because it is not there: lib$lib"
		continue
	fi
	run_variant tests/adapter/pool 4 4000
	check "$lib: in the pool" $?
	run_variant tests/adapter/ctl tcmalloc
	check "$lib: properties" $?
	run_variant tests/adapter/fork
	check "$lib: fork" $?
	HEAPPROFILE=$scratch/profile run_variant tests/adapter/pool 2 100 \
		2>"$scratch/err"
	check "$lib: HEAPPROFILE" $?
	HEAPCHECK=normal run_variant env true 2>"$scratch/err"
	status=$?
	if test "$lib" = tcmalloc; then
		test -s "$scratch/profile.0001.heap"
		check "$lib writes a heap profile" $?
		test $status -eq 127 && test "$(wc -l <"$scratch/err")" -eq 1
		status=$?
	fi
	check "$lib, HEAPCHECK: $(cat "$scratch/err")" $status
done
finish
