# SPDX-License-Identifier: BSD-3-Clause
# A pool in the memory of chosen nodes, in emulated machines that have two of
# them (make check-nodes): one with the kernel of this release of Debian, and one
# with a kernel that has weights for nodes, and whose second node can go offline.
# tests/platform/nodes-guest.sh runs in both.
. "$TEST_SRCDIR/tests/vm/machine.sh"

need numactl
begin_machine nodes native
cp "$TEST_BUILDDIR/tests/platform/nodes" "$vmmalloc" "$root" &&
	cp -L "$(command -v numactl)" "$root" || exit 99
run_machine 600 --node 192 -- 192
test "${TEST_NODES_LENGTH-}" = short ||
	run_machine 900 --kernel trixie --plug 256 -- 256
