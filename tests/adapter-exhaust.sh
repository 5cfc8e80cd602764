#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A full pool gives ENOMEM and recovers, from the smallest pool on.
. "${srcdir:-.}/tests/adapter-common.sh"

for b in $(backends); do
	for size in 14680064 64M; do
		preload "$b" "$size" tests/adapter-exhaust >out.$$ 2>&1
		check "$b, pool of $size" $?
		cat out.$$
		# nothing but the results: a full pool is no news for stderr
		test "$(wc -l <out.$$)" -eq 4
		check "$b, pool of $size: four lines of output" $?
	done
done
rm -f out.$$
finish
