# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc replay: the same calls and live bytes with each allocator, which are
# those of the program; and what is refused.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/recorded
trace=$scratch/trace
list=system,$(echo "$TEST_BACKENDS" | tr ' ' ,)
contenders=$(echo "$list" | tr , '\n' | wc -l)
other=
# another allocator to preload, if there is one
for file in $(ldconfig -p 2>/dev/null |
	sed -n 's/.*libmimalloc\.so.*x86-64.* => //p'); do
	other=lib:$file
	contenders=$((contenders + 1))
	break
done

# has LINES REGEX: this many lines of the last output
has()
{
	cases=$((cases + 1))
	found=$(grep -cE "$2" "$scratch/out")
	test "$found" = "$1" || {
		fail "$found lines, not $1, are '$2'"
		cat "$scratch/out"
	}
}

# replay WHAT: records the program, and replays it with all contenders. The
# peak and the end are the same as those that vmmalloc trace prints.
replay()
{
	runs 0 "$vmmalloc" record -o "$trace" -- "$program" "$1"
	runs 0 "$vmmalloc" trace "$trace"
	peak=$(sed -n 's/^peak: \([0-9.]* MiB\).*/\1/p' "$scratch/out")
	end=$(sed -n 's/^end: //p' "$scratch/out")
	runs 0 "$vmmalloc" replay -n 1 -b "$list" ${other:+-w "$other"} \
		-j "$scratch/json" "$trace"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	has 1 "^live: $peak at the peak, $end at the end\$"
	has "$contenders" '^[a-z]+[^ ]* +[0-9]+\.[0-9]{3} +[0-9.]+ '
}

replay calls
has "$contenders" '^memalign +[^ ]+ +99 '
has "$contenders" '^realloc +[^ ]+ +[0-9]+ '
test "$(grep -c '"name": ' "$scratch/json")" = "$contenders" ||
	fail "JSON has other contenders"
for name in events live_bytes live_blocks live_bytes_peak; do
	test "$(grep "\"$name\": " "$scratch/json" | sort -u | wc -l)" = 1 ||
		fail "different $name"
done
test "$(grep -c '"failed": 0,' "$scratch/json")" = "$contenders" ||
	fail "some calls failed"
# more memory is resident than is live; the heap has no other use for it
awk '/"live_bytes_peak"/ { live = $2 + 0 }
	/"resident_peak"/ { n += $2 + 0 > live / 2 && $2 + 0 < live * 3 }
	END { exit n != '"$contenders"' }' "$scratch/json" ||
	fail "not that much memory: $(grep -e _peak "$scratch/json")"

replay threads
has "$contenders" '^malloc +[^ ]+ +60[0-9][0-9] '
has "$contenders" '^free +[^ ]+ +60[0-9][0-9] '

# The child of a fork frees blocks that its trace does not have. They are left
# out: no other block is freed in their place.
runs 0 "$vmmalloc" record -o "$trace" -- "$program" fork
child=$(ls "$trace".*)
runs 0 "$vmmalloc" trace "$child"
end=$(sed -n 's/^end: //p' "$scratch/out")
runs 0 "$vmmalloc" replay -n 1 -b "$list" ${other:+-w "$other"} "$child"
test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
has 1 "^live: .* at the peak, $end at the end\$"
has "$contenders" '^malloc +[^ ]+ +10[0-9] '
rm -f "$child"

# The bytes of the trace do not fit into this pool.
runs 0 "$vmmalloc" record -o "$trace" -- "$program" calls
runs 1 "$vmmalloc" replay -n 1 -b native -s 14M "$trace"
failed='calls failed with native; is its pool too small\?'
grep -qE "^vmmalloc: replay: [0-9]+ $failed\$" "$scratch/err" ||
	fail "says: $(cat "$scratch/err")"

refuses 2 "replay: give one FILE; see 'vmmalloc help replay'" \
	"$vmmalloc" replay
refuses 2 "bad --runs '0': not a number from 1 to 1000" \
	"$vmmalloc" replay -n 0 "$trace"
runs 1 "$vmmalloc" replay -b none "$trace"
grep -q "no backend 'none'" "$scratch/err" || fail "says: $(cat "$scratch/err")"
runs 1 "$vmmalloc" replay -b system "$scratch/none"
grep -qx "vmmalloc: cannot read '$scratch/none': No such file or directory" \
	"$scratch/err" || fail "says: $(cat "$scratch/err")"
finish
