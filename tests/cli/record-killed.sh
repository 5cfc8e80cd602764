# SPDX-License-Identifier: BSD-3-Clause
# A program with three threads that is killed by SIGKILL at RECORD_KILLS random
# moments, 20 unless it is set: each time its trace can be read, and lacks at most
# the last chunk of each thread.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/recorded
trace=$scratch/trace
counts=$scratch/counts
chunk=32768 # events

pid=
trap 'test -z "$pid" || kill -9 "$pid" 2>/dev/null; remove_scratch' EXIT
read_traces=0
for k in $(seq "${RECORD_KILLS:-20}"); do
	rm -f "$trace" "$counts"
	"$vmmalloc" record -o "$trace" -- "$program" count "$counts" &
	pid=$!
	# up to 0.1 s after the threads have begun, or up to 0.02 s after the start
	ns=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
	test $((k % 10)) = 0 || until test -s "$counts"; do
		kill -0 $pid 2>/dev/null || die "the program ends"
		sleep 0.002
	done
	moment=$(awk "BEGIN { printf \"%.6f\", $ns / 2^32 / ($k % 10 ? 10 : 50) }")
	sleep "$moment"
	kill -9 $pid
	wait $pid 2>/dev/null
	pid=

	# two events of each count
	made=0
	test ! -s "$counts" ||
		made=$(od -An -v -tu8 "$counts" |
			awk '{ for (i = 1; i <= NF; i++) n += 2 * $i }
			END { printf "%d", n }')
	if ! "$vmmalloc" trace "$trace" >"$scratch/out" 2>"$scratch/err"; then
		test "$made" -le $((3 * chunk)) ||
			fail "no trace of $made events, after $moment s"
		continue
	fi
	read_traces=$((read_traces + 1))
	cases=$((cases + 1))
	events=$(sed -n 's/ events in .*//p' "$scratch/out")
	lacks=$((made - events))
	test "$lacks" -le $((3 * chunk)) || fail "lacks $lacks, after $moment s"
	test "$lacks" -ge -1000 || fail "has $events of $made events"
	# what is cut off is the end of the file, and less than a chunk
	cut=$(sed -n 's/ bytes of the file are damaged .*//p' "$scratch/out")
	test "${cut:-0}" -lt $((4 * chunk)) || fail "$cut bytes are cut off"
done
echo "$read_traces of ${RECORD_KILLS:-20} have left a trace"
test "$read_traces" -gt 0 || fail "no trace at all"
finish
