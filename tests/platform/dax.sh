# SPDX-License-Identifier: BSD-3-Clause
# A pool on real DAX memory, for every backend: a file system mounted with
# dax=always and a device DAX node, both in an emulated machine (make check-dax).
# TEST_DAX_LENGTH=short leaves out what other tests show, to take at most five
# minutes in all. tests/platform/dax-guest.sh runs in the machine.
. "$TEST_SRCDIR/tests/vm/machine.sh"

# shellcheck disable=SC2086 # a list of words
begin_machine dax $TEST_BACKENDS
mkdir "$root/preload" || exit 99
for program in calloc-zero closed-descriptors fork-closed-descriptors \
	fork-generations fork-handlers fork-private fork-purge fork-storm \
	fork-threads in-pool realloc; do
	cp "$TEST_BUILDDIR/tests/preload/$program" "$root/preload" || exit 99
done
cp "$TEST_BUILDDIR/tests/platform/places" "$root" || exit 99
length=${TEST_DAX_LENGTH:-long}
limit=1800
test "$length" != short || limit=300
# shellcheck disable=SC2086 # a list of words
run_machine $limit --pmem 512 --devdax 320 -- "$length" $TEST_BACKENDS
