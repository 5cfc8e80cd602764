# SPDX-License-Identifier: BSD-3-Clause
# The memory of vmmalloc trace and replay does not grow with the trace: one of
# TRACE_EVENTS events, 4 million unless it is set, takes as much as one of a
# sixteenth, but for 16 bytes per chunk. The heap that calls are replayed on is not
# the command's: here it is libc's, which holds the same in both.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/recorded
events=${TRACE_EVENTS:-4000000}

# peak COMMAND...: sets kib to the most that it or a child had resident
peak()
{
	cases=$((cases + 1))
	"$TEST_BUILDDIR/bench/measure" 3 0 "$@" >"$scratch/out" \
		3>"$scratch/measured" || die "cannot measure: $*"
	read -r status _ _ _ kib _ <"$scratch/measured"
	test "$status" = 0 || die "exit status $status: $*"
}

runs 0 "$vmmalloc" record -o "$scratch/large" -- \
	"$program" many $((events / 2))
runs 0 "$vmmalloc" record -o "$scratch/small" -- \
	"$program" many $((events / 32))
runs 0 "$vmmalloc" trace "$scratch/large"
found=$(sed -n 's/ events in .*//p' "$scratch/out")
test "$found" -ge $((events - 10)) || fail "only $found events"
for command in trace "trace --csv" "replay -n 1 -b system"; do
	# shellcheck disable=SC2086 # a list of words
	peak "$vmmalloc" $command "$scratch/small"
	small=$kib
	# shellcheck disable=SC2086 # a list of words
	peak "$vmmalloc" $command "$scratch/large"
	echo "$command: $small KiB, and $kib KiB for all of $events events"
	test "$kib" -le $((small + 512 + events / 32768 / 64)) ||
		fail "$command: $kib KiB, and $small KiB for a sixteenth"
done
finish
