#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Programs that link an allocator of their own work with every backend, or one
# line says why they do not. (redis-server, which links libjemalloc, is in
# tests/apps.)
. "${srcdir:-.}/tests/adapter-common.sh"

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM

# build PROGRAM LIBRARY: from tests/PROGRAM.c, linked with -lLIBRARY
build()
{
	$TEST_CC -fno-builtin -pthread -I. -I"$TEST_SRCDIR" \
		-I"$TEST_SRCDIR/include" -o "$scratch/$1-$2" \
		"$TEST_SRCDIR/tests/$1.c" -Wl,--no-as-needed "-l$2" \
		2>"$scratch/err"
}

for library in jemalloc tcmalloc_minimal tcmalloc mimalloc; do
	if ! build adapter-linked "$library"; then
		echo "not tested, because it is not there: lib$library"
		continue
	fi
	build adapter-fork "$library" || exit 99
	for b in native $(backends); do
		preload "$b" 256M "$scratch/adapter-linked-$library" \
			2>"$scratch/err"
		status=$?
		case $b/$library in
		tcmalloc/tcmalloc*)
			# its allocator is already in use when libvmmalloc
			# starts
			test $status -eq 127 &&
				test "$(wc -l <"$scratch/err")" -eq 1 &&
				grep -q 'links libtcmalloc' "$scratch/err"
			check "$b refuses a program linked with $library" $?
			continue
			;;
		esac
		cat "$scratch/err"
		check "$b, a program linked with $library" $status
		preload "$b" 256M "$scratch/adapter-fork-$library"
		check "$b, a program linked with $library: fork" $?
	done
done
finish
