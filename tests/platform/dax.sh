# SPDX-License-Identifier: BSD-3-Clause
# A pool on real DAX memory, for every backend: a file system mounted with
# dax=always and a device DAX node, both in an emulated machine (make check-dax).
# TEST_DAX_LENGTH=short leaves out what other tests show, to take at most four
# minutes in all. tests/platform/dax-guest.sh runs in the machine.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

# The files of the machine. vm.sh adds the libraries that they need.
root=$scratch/root/test
mkdir -p "$root/backends" "$root/preload" || exit 99
cp "$TEST_SRCDIR/tests/lib.sh" "$root" || exit 99
cp "$TEST_SRCDIR/tests/platform/dax-guest.sh" "$root/guest.sh" || exit 99
cp -L "$library" "$root" || exit 99
for backend in $TEST_BACKENDS; do
	cp "$backends/$backend.so" "$root/backends" || exit 99
done
for program in calloc-zero closed-descriptors fork-closed-descriptors \
	fork-generations fork-handlers fork-private fork-purge fork-storm \
	fork-threads in-pool realloc; do
	cp "$TEST_BUILDDIR/tests/preload/$program" "$root/preload" || exit 99
done

length=${TEST_DAX_LENGTH:-long}
limit=1800
test "$length" != short || limit=220
sh "$TEST_SRCDIR/tests/vm/vm.sh" --root "$scratch/root" --pmem 512 --devdax 320 \
	--seconds $limit sh /test/guest.sh "$length" $TEST_BACKENDS \
	>"$scratch/out" 2>&1
status=$?
cat "$scratch/out"
passed=$(grep -c '^passed: ' "$scratch/out")
! grep -q '^FAILED: ' "$scratch/out" || die "in the machine; see above"
case $status in
0) ;;
124) skip "after $limit s; until then $passed passed, and none failed" ;;
125) skip "there is no machine: $(tail -n 1 "$scratch/out")" ;;
*) die "exit status $status" ;;
esac
grep -q "^all $passed passed\$" "$scratch/out" || die "not all of it has run"
