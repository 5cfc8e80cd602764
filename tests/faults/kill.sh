# SPDX-License-Identifier: BSD-3-Clause
# A program that is killed at any moment leaves nothing behind: KILLS times,
# shared among the backends and modes of fork.
. "$TEST_SRCDIR/tests/lib.sh"

enter_namespace
make_scratch
mount -t tmpfs -o size=512m tmpfs "$pool" || skip "not permitted: mount"

set --
for backend in $TEST_BACKENDS; do
	set -- "$@" "$backend 1" "$backend 2" "$backend return"
done
each=$(((${TEST_KILLS:-50} + $# - 1) / $#))
for cell; do
	backend=${cell% *}
	mode=${cell#* }
	cases=$((cases + 1))
	(
		test "$mode" != return || {
			mode=1
			VMMALLOC_FORK_RETURN=1
			export VMMALLOC_FORK_RETURN
		}
		timeout 1800 env FAULTS_PRELOAD="$library" \
			VMMALLOC_FORK="$mode" VMMALLOC_BACKEND="$backend" \
			VMMALLOC_BACKEND_PATH="$backends" \
			VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
			"$TEST_BUILDDIR/tests/faults/kill" "$each" "$pool" \
			"$TEST_BUILDDIR/tests/faults/workload"
	) >"$scratch/out" 2>&1 || fail "$cell: $(tail -n 5 "$scratch/out")"
	echo "$cell: $(tail -n 1 "$scratch/out")"
done
finish
