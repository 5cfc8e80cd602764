# SPDX-License-Identifier: BSD-3-Clause
# A pool of huge pages: programs run and fork in it, with every backend. Needs
# 64 free huge pages, which an administrator must set aside, and a mount.
. "$TEST_SRCDIR/tests/lib.sh"

test "$(awk '/^HugePages_Free/ { print $2 }' /proc/meminfo)" -ge 64 ||
	skip "there are no 64 free huge pages (vm.nr_hugepages)"
enter_namespace "$@"
make_scratch
mount -t hugetlbfs none "$pool" || skip "not permitted: mount"
for backend in $TEST_BACKENDS; do
	for mode in 1 2 3; do
		# the pipe forks twice, and each side executes a program
		text=$(preload "$backend" 32M VMMALLOC_FORK=$mode \
			bash -c 'x=$(printf "%5000s" y); (echo "${#x}"); echo ${x// /}')
		test "$text" = "5000
y" && continue
		fail "$backend, VMMALLOC_FORK=$mode: $text"
	done
	# a heap that grows after a fork has more than one mapping
	for mode in 1 2 3; do
		# shellcheck disable=SC2016 # of bash
		text=$(preload "$backend" 64M VMMALLOC_FORK=$mode bash -c '
			x=$(printf "%3000000s" y)
			(x=$x$x$x; (echo "${#x}"); echo "${#x}")')
		test "$text" = "9000000
9000000" && continue
		fail "$backend, VMMALLOC_FORK=$mode, grown: $text"
	done
done
finish
