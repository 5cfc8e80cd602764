# SPDX-License-Identifier: BSD-3-Clause
# A pool on real DAX memory, for every backend and in every fork mode: ext4 and XFS
# mounted with dax=always, and a device DAX node, in emulated machines (make
# check-dax). TEST_DAX_LENGTH=short leaves out what other tests show.
# tests/platform/dax-guest.sh runs in the machines.
. "$TEST_SRCDIR/tests/vm/machine.sh"

# shellcheck disable=SC2086 # a list of words
begin_machine dax $TEST_BACKENDS
mkdir "$root/preload" || exit 99
for program in calloc-zero closed-descriptors fork-closed-descriptors \
	fork-generations fork-handlers fork-private fork-purge fork-storm \
	fork-threads in-pool realloc; do
	cp "$TEST_BUILDDIR/tests/preload/$program" "$root/preload" || exit 99
done
cp "$TEST_BUILDDIR/tests/platform/dax" "$TEST_BUILDDIR/tests/platform/places" \
	"$root" || exit 99
for program in redis-server redis-cli; do
	command -v $program >/dev/null ||
		skip "no $program: the application is missing"
	cp -L "$(command -v $program)" "$root" || exit 99
done
length=${TEST_DAX_LENGTH:-long}
limit=1800
test "$length" != short || limit=600
run_machines $limit --pmem 512 --devdax 320 -- "$length" ext4
run_machines $limit --xfs --pmem 512 -- "$length" xfs
finish
