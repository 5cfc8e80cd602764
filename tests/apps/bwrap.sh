# SPDX-License-Identifier: BSD-3-Clause
# bubblewrap, which creates processes by the system call clone with new
# namespaces: the command in the sandbox runs, and its exit status is passed on.
. "$TEST_SRCDIR/tests/lib.sh"

need bwrap
box="bwrap --bind / / --dev-bind /dev /dev --proc /proc"
LD_PRELOAD='' $box true 2>/dev/null ||
	skip "bwrap may not make name spaces here"
for i in 1 2 3 4 5; do
	$box sh -c "echo inside $i"
	$box --unshare-pid --unshare-uts --unshare-ipc -- \
		sh -c "echo \$\$; (echo one; echo two) | sort -r; exit $i"
	echo "exit status $?"
done
