# SPDX-License-Identifier: BSD-3-Clause
# A pool that is larger than the room in its file system costs nothing at the
# start, grows as far as there is room, and further as soon as there is more: why
# there is no second size to which a pool may grow.
. "$TEST_SRCDIR/tests/lib.sh"

enter_namespace
need_room "$fast_dir" 160
make_scratch "$fast_dir"
mount -t tmpfs -o size=128m tmpfs "$pool" || exit 99

for backend in $TEST_BACKENDS; do
	cases=$((cases + 1))
	dd if=/dev/zero of="$pool/x" bs=1M count=96 2>/dev/null
	report=$scratch/report
	preload "$backend" 128M VMMALLOC_STATS_FILE="$report" /bin/true ||
		fail "$backend: does not start"
	peak=$(grep -o '"committed_peak": [0-9]*' "$report" | tr -dc '0-9')
	test "$peak" -le $((4 << 20)) ||
		fail "$backend: $peak bytes are committed at the start"

	text=$(preload "$backend" 128M "$TEST_BUILDDIR/tests/platform/places" \
		4096 grow "$pool/x" 2>&1) || fail "$backend: $text"
	# shellcheck disable=SC2086 # MiB before, none, MiB after, none
	set -- $text
	test $# = 4 && test "$1" -ge 20 && test "$1" -le 32 &&
		test "$3" -ge 80 && test $(($1 + $3)) -le 128 ||
		fail "$backend: with 32 MiB, and then 96 more: $*"
	test -z "$(ls -A "$pool")" || fail "$backend: left something behind"
done
finish
