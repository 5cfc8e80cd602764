# SPDX-License-Identifier: BSD-3-Clause
# The quota of a user, and of a directory on ext4 and XFS, is used up and then
# extended: tests/faults/trouble.sh in an emulated machine, whose kernel has
# quotas. tests/platform/quota-guest.sh runs in the machine.
# TEST_FAULTS=short: the user's, with native only.
. "$TEST_SRCDIR/tests/vm/machine.sh"

PATH=$PATH:/usr/sbin:/sbin
need chattr mkfs.xfs setpriv setquota unshare
kinds='quota-user quota-project quota-xfs'
test "${TEST_FAULTS-}" != short || {
	TEST_BACKENDS=native
	kinds=quota-user
}
# shellcheck disable=SC2086 # a list of words
begin_machine quota $TEST_BACKENDS
mkdir -p "$root/tests/faults" "$root/.libs" "$root/backends/.libs" \
	"$scratch/root/usr/sbin" || exit 99
cp "$TEST_SRCDIR/tests/lib.sh" "$root/tests" &&
	cp "$TEST_SRCDIR/tests/faults/trouble.sh" \
		"$TEST_BUILDDIR/tests/faults/trouble" "$root/tests/faults" &&
	mv "$root/backends"/*.so "$root/backends/.libs" &&
	mv "$root/libvmmalloc.so.1" "$root/.libs" || exit 99
for program in chattr mkfs.ext4 mkfs.xfs setpriv setquota unshare; do
	cp -L "$(command -v "$program")" "$scratch/root/usr/sbin" || exit 99
done
# shellcheck disable=SC2086 # lists of words
run_machine 3600 --memory 1400 \
	--modules loop,quota_tree,quota_v2,libcrc32c,xfs -- \
	"$kinds" $TEST_BACKENDS
