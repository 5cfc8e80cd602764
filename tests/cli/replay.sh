# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc replay: the same calls and live bytes with each allocator, which are
# those of the program, by call and size, in text, JSON and HTML, at the times of
# the trace if that is asked for; and what is refused.
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

has "$contenders" '^memalign +<=32K +[^ ]+ +99 '
has "$contenders" '^realloc +<=1M +[^ ]+ +1 '
has "$contenders" '^malloc +<=32K +[^ ]+ +30[0-9]{2} '
has 1 '^calls: as fast as possible$'
cat >"$scratch/check.py" <<'END_PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["speed"] == "max"
for c in report["contenders"]:
    for name, call in c["calls"].items():
        for key in "n", "ns":
            assert call[key] == sum(s[key] for s in call["sizes"]), (name, key)
        assert call["max"] == max([0] + [s["max"] for s in call["sizes"]])
        for s in [call] + call["sizes"]:
            assert s["p50"] <= s["p99"] <= s["p99.9"] <= s["max"], s
    assert {s["up_to_bytes"]: s["n"] for s in c["calls"]["memalign"]["sizes"]
            } == {32768: 99}
    course = c["memory_over_time"]
    assert len(course) >= 50 and course == sorted(course, key=lambda p: p[0])
    assert max(p[1] for p in course) == c["resident_peak"] > 0
    # every sample of a point with the most bytes live is kept
    assert max(p[2] for p in course) <= c["live_bytes_peak"]
    assert c["resident_to_live_peak"] >= c["resident_to_live_mean"] * 0.5 > 0
    # at least the pages that were touched, but for those of huge pages
    assert c["minor_faults"] > 0 and c["late_calls"] == 0
END_PYTHON
if command -v python3 >/dev/null; then
	python3 "$scratch/check.py" "$scratch/json" || fail "other JSON"
fi

# The page of HTML has all parts, the same rows, and needs no other file.
cp "$scratch/out" "$scratch/text" || exit 99
runs 0 "$vmmalloc" replay -n 1 -b "system,<a&b>=native" \
	--report "$scratch/html" "$trace"
for id in course calls latency ranges contenders machine command; do
	grep -q "<section id=\"$id\"" "$scratch/html" || fail "HTML has no $id"
done
test "$(grep -c '<polyline class="course' "$scratch/html")" = 5 ||
	fail "HTML has other curves"
grep -q '<td>memalign</td><td class="l">&lt;a&amp;b&gt;</td><td>99</td>' \
	"$scratch/html" || fail "HTML has another table"
grep -q " replay -n 1 -b 'system,&lt;a&amp;b&gt;=native' " \
	"$scratch/html" || fail "HTML does not say how to repeat it"
grep -qE 'http|@import|url\(|<script' "$scratch/html" &&
	fail "HTML needs other files"

# The trace's pause is one of the replay.
runs 0 "$vmmalloc" record -o "$trace" -- "$program" pause
before=$(date +%s%N)
runs 0 "$vmmalloc" replay -n 1 -b native --speed recorded \
	-j "$scratch/json" "$trace"
test $(($(date +%s%N) - before)) -ge 300000000 || fail "no pause"
has 1 '^calls: at their times in the trace'
grep -q '"speed": "recorded"' "$scratch/json" || fail "JSON has another speed"
# a sample in each 50 ms of it
test "$(tr -d ' \n' <"$scratch/json" | grep -oE '\[0\.[0-9]+,[0-9]+,[0-9]+\]' |
	wc -l)" -ge 5 || fail "no samples during the pause"

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

# Other live bytes than those of the first contender are an error: this library
# cuts off half of the trace before it is replayed.
cat >"$scratch/cut.c" <<'END_C'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
__attribute__((constructor)) static void
cut(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--replay") == 0 &&
		truncate(getenv("CUT"), atol(getenv("CUT_AT"))) != 0)
		abort();
}
END_C
$TEST_CC -shared -fPIC -o "$scratch/cut.so" "$scratch/cut.c" || exit 99
runs 0 "$vmmalloc" record -o "$trace" -- "$program" many 100000
half=$(($(wc -c <"$trace") / 2))
refuses 1 "replay: cut has other live bytes than system" "$vmmalloc" replay \
	-n 1 -b system -w "cut=lib:$scratch/cut.so+CUT=$trace+CUT_AT=$half" \
	"$trace"

refuses 2 "replay: give one FILE; see 'vmmalloc help replay'" \
	"$vmmalloc" replay
refuses 2 "bad --runs '0': not a number from 1 to 1000" \
	"$vmmalloc" replay -n 0 "$trace"
refuses 2 "bad --speed 'fast': must be max or recorded" \
	"$vmmalloc" replay --speed fast "$trace"
refuses 1 "replay: cannot write '/nowhere/x': No such file or directory" \
	"$vmmalloc" replay -b system -n 1 -r /nowhere/x "$trace"
runs 1 "$vmmalloc" replay -b none "$trace"
grep -q "no backend 'none'" "$scratch/err" || fail "says: $(cat "$scratch/err")"
runs 1 "$vmmalloc" replay -b system "$scratch/none"
grep -qx "vmmalloc: cannot read '$scratch/none': No such file or directory" \
	"$scratch/err" || fail "says: $(cat "$scratch/err")"
finish
