# SPDX-License-Identifier: BSD-3-Clause
# A pool in the memory of chosen nodes, in an emulated machine that has two of
# them (make check-nodes). tests/platform/nodes-guest.sh runs in the machine.
. "$TEST_SRCDIR/tests/vm/machine.sh"

far=192
begin_machine nodes native
cp "$TEST_BUILDDIR/tests/platform/nodes" "$root" || exit 99
run_machine 600 --node $far -- $far
