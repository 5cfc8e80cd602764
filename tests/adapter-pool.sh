#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every pointer lies in the pool: 1 to 200 threads.
. "${srcdir:-.}/tests/adapter-common.sh"

for b in $(backends); do
	for threads in 1 4 200; do
		preload "$b" 1G tests/adapter-pool "$threads"
		check "$b, $threads threads" $?
	done
done
finish
