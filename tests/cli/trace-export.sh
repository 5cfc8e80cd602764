# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc trace --export: other readers find the same bytes of each stack in all
# forms.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
need python3
program=$TEST_BUILDDIR/tests/cli/leaking
trace=$scratch/trace

# has REGEX: the last output has one such line
has()
{
	cases=$((cases + 1))
	test "$(grep -cE "$1" "$scratch/out")" = 1 || {
		fail "no line, or more than one, is '$1'"
		cat "$scratch/out"
	}
}

runs 0 "$vmmalloc" record --stacks -o "$trace" -- "$program"
runs 0 "$vmmalloc" trace "$trace"
leaks=remember_request
answers=answer_request
grep -q remember_request "$scratch/out" || {
	leaks='leaking\+0x[0-9a-f]+'
	answers=$leaks
}

runs 0 "$vmmalloc" trace --export=csv "$trace"
test "$(head -n 1 "$scratch/out")" = peak_bytes,peak_blocks,end_bytes,\
end_blocks,allocated_bytes,allocated_blocks,stack || fail "another first line"
has "^600000,2000,600000,2000,600000,2000,\"$leaks;"
has "^60000,1,0,0,120000000,2000,\"$answers;"
has "^0,0,0,0,60000000,2000,\"$answers;"

runs 0 "$vmmalloc" trace --export=speedscope -o "$scratch/json" "$trace"
test ! -s "$scratch/out" || fail "output besides the file"
runs 0 python3 "$TEST_SRCDIR/tests/cli/speedscope.py" "$scratch/json"
has "^live at the peak 600000 $leaks "
has "^live at the peak 60000 $answers "
has "^not freed 600000 $leaks "
has "^allocated 120000000 $answers "
has "^allocated 60000000 $answers "

runs 0 "$vmmalloc" trace --export pprof -o "$scratch/pprof" "$trace"
runs 0 python3 "$TEST_SRCDIR/tests/cli/pprof.py" "$scratch/pprof"
has '^default peak_space$'
has '^sample 2000 600000 2000 600000 2000 600000$'
has '^sample 2000 120000000 0 0 1 60000$'
has '^sample 2000 60000000 0 0 0 0$'
has "^mapping .*/leaking "
test "$leaks" != remember_request || {
	grep -A 1 '^sample 2000 600000 2000' "$scratch/out" |
		grep -qE '/leaking remember_request .*leaking.c:[0-9]+$' ||
		fail "pprof: another function: $(cat "$scratch/out")"
}

# without stacks there is one sum
runs 0 "$vmmalloc" record -o "$trace" -- "$program"
runs 0 "$vmmalloc" trace --export=csv "$trace"
has '^660000,2001,600000,2000,180600000,6000,""$'
runs 0 "$vmmalloc" trace --export=speedscope -o "$scratch/json" "$trace"
runs 0 python3 "$TEST_SRCDIR/tests/cli/speedscope.py" "$scratch/json"
has '^live at the peak 660000 not known$'

refuses 2 "bad --export 'x': not csv, speedscope or pprof" \
	"$vmmalloc" trace --export=x "$trace"
refuses 2 "trace: -o FILE is for --export; see 'vmmalloc help trace'" \
	"$vmmalloc" trace -o "$scratch/json" "$trace"
refuses 1 "trace: cannot write '$scratch/no/file': No such file or directory" \
	"$vmmalloc" trace --export=csv -o "$scratch/no/file" "$trace"
for form in csv speedscope pprof; do
	runs 1 "$vmmalloc" trace --export=$form -o /dev/full "$trace"
	grep -q '^vmmalloc: trace: cannot write' "$scratch/err" ||
		fail "$form: no complaint"
done
finish
