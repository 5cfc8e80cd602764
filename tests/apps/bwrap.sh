# SPDX-License-Identifier: BSD-3-Clause
# bubblewrap, which creates processes by the system call clone with new
# namespaces: the command in the sandbox runs, and its exit status is passed on.
command -v bwrap >/dev/null || {
	echo "no bwrap"
	exit 77
}
box="bwrap --bind / / --dev-bind /dev /dev --proc /proc"
LD_PRELOAD='' $box true 2>/dev/null || {
	echo "bwrap may not make name spaces here"
	exit 77
}
for i in 1 2 3 4 5; do
	$box sh -c "echo inside $i"
	$box --unshare-pid --unshare-uts --unshare-ipc -- \
		sh -c "echo \$\$; (echo one; echo two) | sort -r; exit $i"
	echo "exit status $?"
done
