# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc record and trace: the events of a trace are the calls that the program
# made, with threads, fork, exec and SIGKILL, for each backend.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/recorded
trace=$scratch/trace

# count LINES REGEX [FILE]: this many events of a trace, as CSV, match.
count()
{
	cases=$((cases + 1))
	"$vmmalloc" trace --csv "${3-$trace}" >"$scratch/csv" ||
		fail "trace --csv: exit status $?"
	found=$(grep -cE "^[0-9]+,[0-9]+,$2" "$scratch/csv")
	test "$found" = "$1" ||
		fail "$backend: $found events, not $1, are $2"
}

# record WHAT: the program does it
record()
{
	rm -f "$trace"*
	runs 0 "$vmmalloc" record -b "$backend" -o "$trace" -- \
		"$program" "$1"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
}

check_calls()
{
	count 3000 'malloc,5003,0,[0-9.]+,$'
	count 1 'calloc,7007,'
	count 1 'realloc,70001,0,[0-9.]+,[0-9.]+$'
	count 1 'realloc,5,'
	count 99 'memalign,6007,256,'
	count 1 'failed,[0-9]+,0,,$'
	# 3000 blocks of malloc, the last one of realloc, and 33 of memalign;
	# each once
	awk -F , '$4 == 5003 || $4 == 6007 || $4 == 5 { mine[$6] = 1 }
		$3 == "free" && mine[$7]-- == 1 { n++ }
		END { exit n != 3034 }' "$scratch/csv" ||
		fail "$backend: other blocks are freed"
}

for backend in $TEST_BACKENDS; do
	record calls
	check_calls
	count 1 'realloc,70001,.*' # the block that is freed is the first one
	awk -F , '$3 == "calloc" && $4 == 7007 { first = $6 }
		$4 == 70001 { if ($7 != first) exit 1; second = $6 }
		$4 == 5 && $3 == "realloc" { exit $7 != second }' \
		"$scratch/csv" || fail "$backend: realloc of another block"
	test "$(ls "$scratch" | grep -c '^trace')" = 1 ||
		fail "more than one file: $(ls "$scratch")"

	record threads
	count 6000 'malloc,5003,'
	# a thread that allocates, and one that frees, twice
	awk -F , '$4 == 5003 { by[$2]++; whose[$6] = $2 }
		$7 in whose { freed[$2]++; if (whose[$7] == $2) exit 1 }
		END { for (thread in by) n += by[thread] == 3000
			for (thread in freed) n += freed[thread] == 3000
			exit n != 4 }' "$scratch/csv" ||
		fail "$backend: other threads"

	record fork
	count 0 'malloc,8009,'
	count 3000 'malloc,5003,'
	child=$(ls "$trace".*)
	count 100 'malloc,8009,' "$child"
	count 0 'malloc,5003,' "$child"
	runs 0 "$vmmalloc" trace "$child"
	grep -q '(child of a fork)' "$scratch/out" || fail "not a child"
	# 3000 of the parent's, and perhaps others of the C library
	test "$(sed -n 's/ blocks were freed that .*//p' "$scratch/out")" \
		-ge 3000 || fail "$backend: the child frees too few"

	# after exec the program has the same number, and another file only if
	# a chunk was written before
	record exec
	check_calls

	# killed while it writes: all chunks but the last are there
	rm -f "$trace"*
	"$vmmalloc" record -b "$backend" -o "$trace" -- \
		"$program" for-ever >"$scratch/ready" &
	pid=$!
	for _ in $(seq 100); do
		test ! -s "$scratch/ready" || break
		sleep 0.1
	done
	kill -9 $pid
	wait $pid 2>/dev/null
	runs 0 "$vmmalloc" trace "$trace"
	events=$(sed -n 's/ events in .*//p' "$scratch/out")
	test "${events:-0}" -ge 300000 ||
		fail "$backend: only ${events:-0} events before SIGKILL"
done

runs 2 "$vmmalloc" trace
backend=native
record calls
runs 0 "$vmmalloc" trace "$trace"
grep -qE '^memalign +99$' "$scratch/out" || fail "another number of calls"
head -c 10000 /dev/urandom >>"$trace"
runs 0 "$vmmalloc" trace "$trace"
grep -q '^10000 bytes of the file are damaged or cut off$' "$scratch/out" ||
	fail "does not report damage"

# A pattern for names
runs 0 "$vmmalloc" record -o "$scratch/%p.trace" -- "$program" fork
test "$(ls "$scratch"/*.trace | wc -l)" = 2 || fail "not two files by number"
for file in "$scratch"/*.trace; do
	runs 0 "$vmmalloc" trace "$file"
	grep -q "^process $(basename "$file" .trace)\\b" "$scratch/out" ||
		fail "$file: of another process"
done

# The recorder meets the requirements of a backend itself.
for backend in $TEST_BACKENDS; do
	runs 0 env VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/record/.libs" \
		VMMALLOC_RECORD_BACKEND="$backends/$backend.so" \
		VMMALLOC_RECORD_FILE="$scratch/check.%p" \
		"$vmmalloc" backends --check record usable-size zeroed realloc \
		thread-exit fork-mode2
	test "$(grep -c ' ok$' "$scratch/out")" = 6 || {
		fail "$backend: fails a check when it is recorded"
		cat "$scratch/out"
	}
done

# Refusals
refuses 125 "record: give a file with -o FILE; see 'vmmalloc help record'" \
	"$vmmalloc" record -- "$program" calls
refuses 125 "record: cannot write '$scratch': not a regular file" \
	"$vmmalloc" record -o "$scratch" -- "$program" calls
refuses 125 "record: cannot write '$scratch/no/file': No such file or \
directory" "$vmmalloc" record -o "$scratch/no/file" -- "$program" calls
refuses 1 "cannot read '$scratch/none': No such file or directory" \
	"$vmmalloc" trace "$scratch/none"
refuses 1 "cannot read '$program': it is not a trace, or has no whole chunk; \
vmmalloc record makes one" "$vmmalloc" trace "$program"
finish
