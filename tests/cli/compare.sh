# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: the order of the runs, the report, and what is refused.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
mkdir "$TMPDIR" "$scratch/plugins" || exit 99
export TMPDIR
usage="see 'vmmalloc help compare'"
# three more backends that differ only in their names
for name in a b c; do
	cp "$backends/native.so" \
		"$scratch/plugins/$name.so" || exit 99
done
VMMALLOC_BACKEND_PATH=$scratch/plugins
export VMMALLOC_BACKEND_PATH

# compare OPTION... -- COMMAND...: of system and native
compare()
{
	"$vmmalloc" compare -b system,native "$@"
}

# The tables: one row each, ratios to system with intervals, and pools only if there
# is one; then a sentence each.
number='[0-9]+\.[0-9]+'
ratio="$number( \*)? +$number-$number"
runs 0 compare -n 6 -- expr 1 + 2
test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
sed -n 1p "$scratch/out" | grep -qx 'expr 1 + 2' || fail "another title"
sed -n '2,/^$/p' "$scratch/out" | tr '\n' ' ' | grep -qx "6 runs each: medians, \
and ratios to system with 95 % intervals (\*: a real difference); pool of 32 MiB \
in $pool  " || fail "other words on the design"
grep -qE "^contender +time s +ratio +interval +peak MiB +ratio +interval$" \
	"$scratch/out" || fail "another headline"
grep -qE "^system +$number +- +$number +-$" "$scratch/out" ||
	fail "another row of system"
grep -qE "^native +$number +$ratio +$number +$ratio$" "$scratch/out" ||
	fail "another row of native"
grep -qE "^contender +cpu s +ratio +interval$" "$scratch/out" ||
	fail "no headline of processor time"
grep -qE "^contender +user s +sys s +minor faults +major +pool MiB$" \
	"$scratch/out" || fail "another second headline"
grep -qE "^system +$number +$number +[0-9]+ +[0-9]+ +-$" "$scratch/out" ||
	fail "another second row of system"
grep -qE "^native +$number +$number +[0-9]+ +[0-9]+ +$number$" "$scratch/out" ||
	fail "another second row of native"
grep -q '^Time: native ' "$scratch/out" || fail "no sentence on time"
grep -q '^Processor time: native ' "$scratch/out" ||
	fail "no sentence on processor time"
grep -q '^Memory: native ' "$scratch/out" || fail "no sentence on memory"
awk 'length > 80 || / $/' "$scratch/out" | grep . && fail "a long line"
test $failures = 0 || cat "$scratch/out"

# A title has empty words as well.
runs 0 "$vmmalloc" compare -n 1 -b system -- expr '' '|' 1
sed -n 1p "$scratch/out" | grep -qx "expr '' | 1" || fail "an empty word is lost"

# What is marked is what the sentence tells, and every interval has its ratio. A
# contender whose program sleeps is slower; one that differs in nothing is not.
runs 0 "$vmmalloc" compare -n 7 -w system -w "slow=system+NAP=0.05" -w same=system \
	-w "label-that-is-too-long-for-the-table=native" -- sh -c \
	'test -z "${NAP-}" || sleep "$NAP"'
grep -qE "^slow +$number +[0-9.]+ \* +[0-9.]+-[0-9.]+ " "$scratch/out" ||
	fail "what sleeps is not marked as slower"
tr '\n' ' ' <"$scratch/out" | grep -qE \
	'Time: slow takes [0-9.]+ times as much as system \([0-9.]+ to [0-9.]+\)' || fail "what sleeps is not told"
grep -qx 'label-that-is-too-long-for-the-table' "$scratch/out" ||
	fail "a long label has no line of its own"
awk 'length > 80 || / $/' "$scratch/out" | grep . && fail "a long line"
test $failures = 0 || cat "$scratch/out"
# three ratios need 7 runs: with 6 there is no interval, and nothing is a difference
runs 0 "$vmmalloc" compare -n 6 -w system -w a=system -w b=system -w c=system true
tr '\n' ' ' <"$scratch/out" | grep -q \
	'Time: 6 runs of a, b and c are too few to tell; an interval needs 7\.' || fail "few runs are not told: $(cat "$scratch/out")"
grep -q '\*$\| \* ' "$scratch/out" && fail "a mark without an interval"

# Each contender follows each other one equally often, so that what one leaves
# behind affects all alike; and all of them run once before any runs again.
#
# follow NAMES RUNS TIMES: checks the order after the warm-up
follow()
{
	names=$1
	n=$(echo "$names" | tr , '\n' | wc -l)
	: >"$scratch/order"
	runs 0 "$vmmalloc" compare -b "$names" -n "$2" -- sh -c \
		"echo \${VMMALLOC_BACKEND:-system} >>'$scratch/order'"
	tail -n +$((n + 2)) "$scratch/order" | awk -v n="$n" -v times="$3" '
		(NR - 1) % n != 0 { after[last " " $1]++ }
		{ last = $1; seen[int((NR - 1) / n) " " $1]++ }
		END {
			for (pair in after) {
				pairs++
				if (after[pair] != times)
					print "FAILED: " pair ": " after[pair]
			}
			if (pairs != n * (n - 1))
				print "FAILED: " pairs " pairs"
			for (turn in seen)
				if (seen[turn] != 1)
					print "FAILED: twice: " turn
		}' | grep . && fail "order of $names:" $(cat "$scratch/order")
}
unset VMMALLOC_BACKEND
follow system,a 4 2
follow system,a,b 6 2
follow system,a,b,c 4 1
follow a,b,c,system,native 10 2

# JSON.
if command -v python3 >"$scratch/which"; then
	runs 0 compare -j "$scratch/json" -n 3 sh -c 'expr 1 + 2; exit 3'
	python3 - "$scratch/json" <<'END' || fail "other JSON"
import json, sys
report = json.load(open(sys.argv[1]))
assert report["command"] == ["sh", "-c", "expr 1 + 2; exit 3"]
assert report["pool_size_bytes"] == 32 << 20
assert [c["name"] for c in report["contenders"]] == ["system", "native"]
assert not any(c["failed"] for c in report["contenders"])
assert [(r["contender"], r["run"]) for r in report["runs"]] == [
    (b, r) for b in ("system", "native") for r in (1, 2, 3)]
assert (report["base"], report["confidence"]) == ("system", 0.95)
system, native = report["contenders"]
assert system["wall_ratio"] is None
for ratio in native["wall_ratio"], native["peak_ratio"]:
    assert ratio["estimate"] > 0 and ratio["is_real"] is False
    assert ratio["low"] is None and ratio["high"] is None
assert report["time_summary"] == (
    "Time: 3 runs of native are too few to tell; an interval needs 6.")
for run in report["runs"]:
    assert run["wall_s"] > 0 and run["peak_bytes"] > 0
    assert run["exit_status"] == 3 and "signal" not in run
    assert (run["pool_peak_bytes"] is None) == (run["contender"] == "system")
END
fi

# system decides what is right, wherever it is in the list; the sentences name a
# contender that fails, in all forms of the report.
runs 1 "$vmmalloc" compare -b native,system -w 'a*b=native' -n 1 \
	--markdown "$scratch/md" -r "$scratch/html" -- sh -c \
	'echo "${VMMALLOC_BACKEND:-system}"'
grep -q "^vmmalloc: the output of 'sh' under native differs from that under \
system: " "$scratch/err" || fail "another reference: $(cat "$scratch/err")"
failed='Failed: native and a*b, with another output or exit status than system.'
grep -qxF "$failed" "$scratch/out" ||
	fail "the sentences name no failure: $(cat "$scratch/out")"
sed 's/\\\(.\)/\1/g' "$scratch/md" | grep -qxF -e "- $failed" ||
	fail "no failure in Markdown: $(cat "$scratch/md")"
grep -qF "<p class=\"summary\">$failed</p>" "$scratch/html" ||
	fail "no failure in HTML"
# and without its output, too
for warmups in 0 1; do
	runs 1 "$vmmalloc" compare -b native,system -n 1 -i --warmup $warmups \
		-- sh -c 'exit ${#VMMALLOC_BACKEND}'
done
grep -q "under native: exit status 6 instead of system's" "$scratch/err" ||
	fail "another reference of the status: $(cat "$scratch/err")"
# One contender has no ratios.
runs 0 "$vmmalloc" compare -b system -n 2 true
grep -qx '2 runs: medians; no pool' "$scratch/out" ||
	fail "one contender has ratios: $(cat "$scratch/out")"

# Runs that differ.
runs 0 compare -n 1 sh -c 'exit 3'
grep -qx "The command's exit status is 3." "$scratch/out" ||
	fail "the exit status is not told"
runs 1 compare -n 1 sh -c 'echo start; echo "${VMMALLOC_BACKEND:-system}"'
grep -qx "vmmalloc: the output of 'sh' under native differs from that under system: \
line 2 (byte 7): 'native' instead of 'system'" "$scratch/err" ||
	fail "other output is not told: $(cat "$scratch/err")"
grep -qE '^native +failed' "$scratch/out" || fail "native did not fail"
runs 0 compare -n 1 --ignore-output sh -c 'echo "${VMMALLOC_BACKEND:-system}"'
runs 1 compare -n 1 sh -c 'echo $$'
grep -q "^vmmalloc: 'sh' has different output in every run (system): line 1 .*\
; use --ignore-output$" "$scratch/err" || fail "output of its own is not told"
runs 1 compare -n 1 sh -c 'echo why >&2; exit ${#VMMALLOC_BACKEND}'
grep -qx "vmmalloc: 'sh' fails under native: exit status 6 instead of system's \
exit status 0" "$scratch/err" || fail "another status is not told"
grep -qx '  | why' "$scratch/err" || fail "what it says is not told"
runs 1 compare -n 1 sh -c 'kill -USR1 $$'
grep -q "^vmmalloc: nothing to compare: 'sh' is terminated by signal [0-9]* (.*) under \
system$" "$scratch/err" || fail "a signal is not told"
runs 0 compare -n 1 cat
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"

# A signal ends the command as well, and nothing is left behind.
cases=$((cases + 1))
sh -c "echo \$\$ >'$scratch/pid'; exec '$vmmalloc' compare -b system sh -c \
	'echo \$\$ >\"$scratch/child\"; sleep 600'" >"$scratch/out" 2>&1 &
tries=0
while test ! -s "$scratch/child" && test $tries -lt 300; do
	sleep 0.1
	tries=$((tries + 1))
done
kill -TERM "$(cat "$scratch/pid")"
wait $!
status=$?
test $status = 143 || fail "exit status $status after a signal"
kill -0 "$(cat "$scratch/child")" 2>"$scratch/err" &&
	fail "the command goes on after a signal"
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"

# Wrong command lines.
refuses 2 "compare: no command given; $usage" "$vmmalloc" compare
refuses 2 "bad --runs '0': not a number from 1 to 1000" compare -n 0 true
refuses 2 "bad --runs 'x': not a number from 1 to 1000" compare -n x true
refuses 2 "compare --nonsense: no such option; $usage" compare --nonsense
refuses 127 "cannot run 'no-such-command': no such command in PATH" \
	compare no-such-command
runs 1 "$vmmalloc" compare -b system,none true
grep -q "^vmmalloc: no backend 'none' in $scratch/plugins:" "$scratch/err" ||
	fail "other text for a backend that is not there"
refuses 1 "cannot create a directory in '/nowhere': No such file or directory; set \
TMPDIR to one that is writable" env TMPDIR=/nowhere "$vmmalloc" compare true
finish
