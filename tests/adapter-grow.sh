#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# tcmalloc's vectors grow to what the pool allows, although tcmalloc returns
# nothing to it.
. "${srcdir:-.}/tests/adapter-common.sh"

test -f backends/.libs/tcmalloc.so || finish
for size in 64M 96M 128M 192M 256M; do
	for factor in "2 1" "7 4" "3 2" "5 4"; do
		# shellcheck disable=SC2086 # two words
		preload tcmalloc $size tests/adapter-grow $factor
		check "a pool of $size, growth by $factor" $?
	done
done
finish
