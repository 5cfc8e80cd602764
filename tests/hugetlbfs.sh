# SPDX-License-Identifier: BSD-3-Clause
# A pool of huge pages: programs run and fork in it, with every backend. Needs
# 64 free huge pages, which an administrator must set aside, and a mount.
set -u

if test "${TEST_NAMESPACE-}" != own; then
	test "$(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo)" -ge 64 || {
		echo "skipped: there are no 64 free huge pages (vm.nr_hugepages)"
		exit 77
	}
	TEST_NAMESPACE=own
	export TEST_NAMESPACE
	unshare -m true 2>/dev/null || {
		echo "skipped: no mount name space to be had"
		exit 77
	}
	exec unshare -m sh "$0" "$@"
fi

dir=$(mktemp -d) || exit 99
trap 'umount "$dir" 2>/dev/null; rmdir "$dir"' EXIT
mount -t hugetlbfs none "$dir" || exit 77
failures=0
for backend in $TEST_BACKENDS; do
	for mode in 1 2 3; do
		# the pipe forks twice, and each side executes a program
		text=$(VMMALLOC_POOL_DIR=$dir VMMALLOC_POOL_SIZE=32M \
			VMMALLOC_FORK=$mode VMMALLOC_BACKEND=$backend \
			VMMALLOC_BACKEND_PATH=$TEST_BUILDDIR/backends/.libs \
			LD_PRELOAD=$TEST_BUILDDIR/.libs/libvmmalloc.so.1 \
			bash -c 'x=$(printf "%5000s" y); (echo "${#x}"); echo ${x// /}')
		test "$text" = "5000
y" && continue
		echo "FAILED: $backend, VMMALLOC_FORK=$mode: $text"
		failures=$((failures + 1))
	done
done
test $failures -eq 0
