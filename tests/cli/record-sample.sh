# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc record --sample: each block that a trace has was allocated, and was
# freed if the program frees it; sums are close to those of all blocks; such a
# trace is not replayed.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/recorded
trace=$scratch/trace

# near NUMBER REGEX: the number after this in the report is at most 15 % off:
# six times its standard deviation here
near()
{
	cases=$((cases + 1))
	found=$(sed -nE "s/^ *$2 +([0-9]+).*/\\1/p" "$scratch/out")
	test $((${found:-0} * 100)) -ge $(($1 * 85)) &&
		test $((${found:-0} * 100)) -le $(($1 * 115)) || {
		fail "$backend: $found, not about $1: $2"
		cat "$scratch/out"
	}
}

# record PROGRAM ARGUMENT BYTES [OPTION]
record()
{
	rm -f "$trace"*
	runs 0 "$vmmalloc" record -b "$backend" --sample="$3" ${4-} \
		-o "$trace" -- "$1" "$2"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	runs 0 "$vmmalloc" trace --csv "$trace"
	mv "$scratch/out" "$scratch/csv"
	runs 0 "$vmmalloc" trace "$trace"
}

for backend in $TEST_BACKENDS; do
	record "$program" calls 10K
	grep -qx 'a sample of one block per 10240 bytes: what follows are '\
'estimates' "$scratch/out" || fail "does not say that it is a sample"
	! grep -q 'were freed that this trace' "$scratch/out" ||
		fail "$backend: a block that is not in the sample was freed"
	near 3099 '8K'
	# of blocks of 5003 bytes, four in ten; all are freed
	awk -F , '$4 == 5003 { mine[$6] = 1; n++ }
		$3 == "free" && $7 in mine { n--; all++; delete mine[$7] }
		END { exit n != 0 || all < 900 || all > 1500 }' \
		"$scratch/csv" || fail "$backend: other blocks"
	record "$program" threads 10K
	near 6000 '8K'
	! grep -q 'were freed that this trace' "$scratch/out" ||
		fail "$backend: threads free blocks outside the sample"

	# 1 byte: all blocks; realloc is one as well
	record "$program" calls 1
	grep -qE '^memalign +99$' "$scratch/out" || fail "not all blocks"
	grep -qE '^realloc +2$' "$scratch/out" || {
		fail "$backend: not all calls of realloc"
		cat "$scratch/out"
	}

	# calloc and realloc of each request: what is reallocated leaves the
	# sample, or stays in it
	record "$TEST_BUILDDIR/tests/cli/leaking" "" 500 --stacks
	near 2000 'calloc'
	near 2000 'realloc'
	! grep -q 'were freed that this trace' "$scratch/out" ||
		fail "$backend: realloc of blocks outside the sample"
	# the first site has the leak
	awk 'found { exit $2 < 1700 || $2 > 2300 || $2 != $4 || $2 != $6 }
		/^peak MiB/ { found = 1 }' "$scratch/out" ||
		fail "$backend: $(cat "$scratch/out")"
	near 2000 '512'

	record "$program" fork 10K
	near 3000 '8K'
done

backend=native
record "$program" calls 10K
refuses 1 "replay: '$trace' is a sample of one block per 10240 bytes: its \
calls are not those of the program; record it without --sample" \
	"$vmmalloc" replay -b native "$trace"
for size in 0K 2G x; do
	refuses 125 "record: bad --sample '$size': not a size up to 1G" \
		"$vmmalloc" record --sample=$size -o "$trace" -- "$program"
done

# A backend of its own that meets the requirements, with samples and stacks.
for backend in $TEST_BACKENDS; do
	runs 0 env VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/record/.libs" \
		VMMALLOC_RECORD_BACKEND="$backends/$backend.so" \
		VMMALLOC_RECORD_FILE="$scratch/check.%p" \
		VMMALLOC_RECORD_SAMPLE=1000 VMMALLOC_RECORD_STACKS=20 \
		"$vmmalloc" backends --check record usable-size zeroed realloc \
		thread-exit fork-mode2
	test "$(grep -c ' ok$' "$scratch/out")" = 6 || {
		fail "$backend: fails a check when it is sampled"
		cat "$scratch/out"
	}
done
finish
