# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# To be sourced: what the two fuzzers have in common.
. "$TEST_SRCDIR/tests/stress/sanitize-common.sh"

# The programs of the targets FUZZ_TARGETS, or of all that can be built here.
targets=heap
if test -f "$vmmalloc"; then
	targets="$targets plan"
	test ! -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
		targets="$targets trace"
fi
programs=
for target in ${FUZZ_TARGETS:-$targets}; do
	case $target in
	heap) programs="$programs tests/fuzz/libfuzzer" ;;
	*) programs="$programs tests/fuzz/libfuzzer-$target" ;;
	esac
done

# make_seeds: in the directory corpus; without any a fuzzer would stay with one
# or two calls for long
make_seeds()
{
	rm -rf corpus
	mkdir corpus || exit 99
	for i in 1 2 3 4 5 6 7 8; do
		head -c $((i * 150)) /dev/urandom >corpus/$i || exit 99
	done
}
