# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: how many runs there are, what happens around them, and where.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
log=$scratch/log

# compare OPTION...: of system and native; each run writes a line to the log
compare()
{
	: >"$log"
	"$vmmalloc" compare -b system,native "$@" sh -c "echo run >>'$log'"
}
# has COUNT LINE: the log has this line COUNT times
has()
{
	found=$(grep -cx "$2" "$log")
	test "$found" = "$1" || fail "$found times '$2', not $1: $(cat "$log")"
}

# Two warm-up runs of the first contender, one of the second, unless told.
runs 0 compare -n 3
has 9 run
runs 0 compare -n 3 -i
has 8 run
runs 0 compare -n 3 -i --warmup 0
has 6 run
runs 0 compare -n 3 --warmup 4
has 15 run
grep -q '^3 runs each' "$scratch/out" || fail "warm-up runs are counted"

# Scripts around them; their output is shown only if they fail.
runs 0 compare -i -n 1 --setup "echo one; echo setup >>'$log'" \
	--prepare "echo two; echo prepare >>'$log'" \
	--cleanup "echo three; echo cleanup >>'$log'"
test "$(tr '\n' ' ' <"$log")" = \
	'setup prepare run prepare run prepare run prepare run cleanup ' ||
	fail "another order: $(cat "$log")"
grep -E '^(one|two|three)$' "$scratch/out" "$scratch/err" &&
	fail "output of scripts is shown"
runs 1 compare -i -n 1 --prepare 'echo because >&2; exit 3' \
	--cleanup "echo cleanup >>'$log'"
grep -qx "vmmalloc: --prepare 'echo because >&2; exit 3' fails: exit status 3" \
	"$scratch/err" || fail "a script that fails is not told"
grep -qx '  | because' "$scratch/err" || fail "what it said is not told"
has 0 run
has 1 cleanup
runs 1 compare -i -n 1 --setup false --cleanup "echo cleanup >>'$log'"
has 0 run
has 1 cleanup

# More runs, until the interval is narrow; 6 give one at all. Fewer in time.
runs 0 compare --until 100 --runs 1 --max-time 30
count=$(sed -n 's/^\([0-9]*\) runs each.*/\1/p' "$scratch/out")
test "$count" -ge 6 || fail "$count runs have no interval"
test "$count" -lt 1000 || fail "no end of runs"
grep -qE '^native .*[0-9]-[0-9]' "$scratch/out" || fail "no interval"
grep -q 'too few runs' "$scratch/out" && fail "a goal that is reached is not"
runs 0 compare --until 0.0001 --runs 6 --max-time 0.3
tr '\n' ' ' <"$scratch/out" | grep -q '; too few runs for --until; ' ||
	fail "a goal that is not reached is not told: $(cat "$scratch/out")"
runs 0 "$vmmalloc" compare -b system,native -n 1000 --max-time 0.3 sleep 0.1
grep -qE '^[1-3] runs? each' "$scratch/out" || fail "--max-time has no effect"

# Processors and caches.
: >"$log"
runs 0 "$vmmalloc" compare -i -n 1 -b system --pin 0 \
	sh -c "grep Cpus_allowed_list: /proc/self/status >>'$log'"
test "$(grep -cx "Cpus_allowed_list:	0" "$log")" = 2 ||
	fail "not pinned: $(cat "$log")"
refuses 2 "bad --pin '0,x': not a list of processors, such as 0,2-3" \
	"$vmmalloc" compare --pin 0,x true
refuses 2 "bad --pin '1023': this process must not use processor 1023; see \
taskset(1)" "$vmmalloc" compare --pin 1023 true
if test -w /proc/sys/vm/drop_caches; then
	runs 0 compare -n 1 --drop-caches
else
	refuses 1 "cannot drop caches: /proc/sys/vm/drop_caches: $(
		LC_ALL=C sh -c ': >/proc/sys/vm/drop_caches' 2>&1 |
			sed 's/.*: //'); run vmmalloc compare as root" \
		"$vmmalloc" compare --drop-caches true
fi

# A busy machine is told.
sh -c 'while :; do :; done' &
busy=$!
sh -c 'while :; do :; done' &
busy="$busy $!"
runs 0 "$vmmalloc" compare -b system -n 6 sleep 0.3
# shellcheck disable=SC2086 # two of them
kill $busy
tr '\n' ' ' <"$scratch/out" | grep -qE \
	'Noisy machine: .*Other processes used [0-9]+ % of a processor' ||
	fail "a busy machine is not told: $(cat "$scratch/out")"
# and so are times that differ
runs 0 "$vmmalloc" compare -b system -n 8 sh -c \
	"echo >>'$log'; test \$((\$(wc -l <'$log') % 2)) = 0 || sleep 0.1"
tr '\n' ' ' <"$scratch/out" | grep -qE \
	'Noisy machine: .*The times of system spread by [0-9]+ %' ||
	fail "times that differ are not told: $(cat "$scratch/out")"

refuses 2 "bad --warmup '-1': not a number from 0 to 1000" \
	"$vmmalloc" compare --warmup -1 true
refuses 2 "bad --until '0': not a number above 0 and up to 100" \
	"$vmmalloc" compare --until 0 true
refuses 2 "bad --max-time '1s': not a number above 0 and up to 1000000" \
	"$vmmalloc" compare --max-time 1s true
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
