# SPDX-License-Identifier: BSD-3-Clause
# The pictures of vmmalloc trace: a row of characters in its text, and a page of
# HTML with the same tables, as a browser shows it; and what is refused.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
trace=$scratch/trace
page=$scratch/page.html

# 3000 blocks of 5003 bytes, freed; then 66 that are not. The peak is before the
# end, at which few bytes are live.
runs 0 "$vmmalloc" record -o "$trace" -- "$TEST_BUILDDIR/tests/cli/recorded" calls
runs 0 env LC_ALL=C "$vmmalloc" trace "$trace"
grep -qE '^live: [_.,=+*#-]{64} to [0-9]+\.[0-9]{3} s$' "$scratch/out" ||
	fail "no picture in ASCII: $(grep '^live:' "$scratch/out")"
grep -q '^live: .*#.* to ' "$scratch/out" || fail "the picture has no peak"
runs 0 env LC_ALL=C.UTF-8 "$vmmalloc" trace --report "$page" "$trace"
grep -q '^live: .*█.* to ' "$scratch/out" || fail "no picture in UTF-8"

for id in course blocks calls threads size-classes life-classes; do
	grep -q "<section id=\"$id\"" "$page" || fail "HTML has no $id"
done
! grep -q '<section id="sites"' "$page" || fail "sites without stacks"
grep -qE 'http|@import|url\(|<script' "$page" && fail "HTML needs other files"

# each row of the text is one of the page
need python3
python3 - "$scratch/out" "$page" <<'END_PYTHON' || fail "other rows or bars"
import html.parser, re, sys
text = open(sys.argv[1]).read()
page = open(sys.argv[2]).read()
rows = re.findall("<tr>(.*?)</tr>", page, re.S)
rows = {" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows}
lines = text.split("\n\n", 1)[1].splitlines()
lines = [" ".join(line.split()) for line in lines if line.strip()]
assert len(lines) > 15, lines
for line in lines:
    assert line in rows, line
# two bars for each size and each lifetime, whose parts are 100 % together
for name in "sizes", "lives":
    part = page.split('<div id="%s">' % name)[1].split("</figure>")[0]
    bars = part.count('<rect class="bar ')
    names = part.count('<text class="name"')
    assert bars == 2 * names > 0, (bars, names)
    for colour in "c1", "c2":
        found = re.findall('class="bar %s".*?>([0-9.]+)%%</text>' % colour,
                           part)
        assert abs(sum(map(float, found)) - 100) < 3, found
END_PYTHON

browser=$(command -v chromium || command -v chromium-browser)
if test -n "$browser"; then
	HOME=$scratch "$browser" --headless=new --no-sandbox --disable-gpu \
		--dump-dom "file://$page" >"$scratch/dom" 2>"$scratch/err"
	test "$(grep -o '<svg ' "$scratch/dom" | wc -l)" = 3 ||
		fail "Chromium shows other pictures: $(head -c 400 "$scratch/dom")"
	test "$(grep -o '<polyline class="course' "$scratch/dom" | wc -l)" = 1 ||
		fail "Chromium shows no curve"
else
	echo "left out: there is no chromium"
fi

# With stacks the page has the call sites.
runs 0 "$vmmalloc" record --stacks -o "$trace" -- \
	"$TEST_BUILDDIR/tests/cli/leaking"
runs 0 "$vmmalloc" trace -r "$page" "$trace"
site=$(awk 'found { print $7; exit } /^peak MiB/ { found = 1 }' "$scratch/out")
test -n "$site" || fail "no site"
sed -n '/<section id="sites"/,/<\/section>/p' "$page" >"$scratch/sites"
grep -qF "$site" "$scratch/sites" || fail "HTML has no site $site"

refuses 1 "trace: cannot write '/nowhere/x': No such file or directory" \
	"$vmmalloc" trace -r /nowhere/x "$trace"
refuses 2 "trace: --report goes with neither --csv nor --export; see 'vmmalloc \
help trace'" "$vmmalloc" trace -c -r "$page" "$trace"
finish
