# SPDX-License-Identifier: BSD-3-Clause
# A pool in the memory of chosen nodes, in an emulated machine that has two of
# them (make check-nodes). tests/platform/nodes-guest.sh runs in the machine.
. "$TEST_SRCDIR/tests/lib.sh"

far=192
limit=600
make_scratch

# The files of the machine. vm.sh adds the libraries that they need.
root=$scratch/root/test
mkdir -p "$root/backends" || exit 99
cp "$TEST_SRCDIR/tests/platform/nodes-guest.sh" "$root/guest.sh" || exit 99
cp -L "$library" "$root" || exit 99
cp "$backends/native.so" "$root/backends" || exit 99
cp "$TEST_BUILDDIR/tests/platform/nodes" "$root" || exit 99

sh "$TEST_SRCDIR/tests/vm/vm.sh" --root "$scratch/root" --node $far \
	--seconds $limit sh /test/guest.sh $far >"$scratch/out" 2>&1
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
