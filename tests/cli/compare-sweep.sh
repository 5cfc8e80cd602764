# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare --sweep: parts of the heap in the near one of two places. The
# command allocates 60 MiB, so half of that is near with near=50%.
. "$TEST_SRCDIR/tests/cli/common.sh"

unset VMMALLOC_POOL_DIR VMMALLOC_POOL_SIZE
need python3
TMPDIR=$scratch/tmp
far=$scratch/far
mkdir "$TMPDIR" "$far" || exit 99
export TMPDIR
places=$TEST_BUILDDIR/tests/platform/places
places_list="ram:128M,$far:256M"

# sweep OPTION...: of a command that notes where its heap is, and its peak
sweep()
{
	: >"$scratch/seen"
	"$vmmalloc" compare -n 1 --warmup 0 -j "$scratch/json" "$@" sh -c \
		"echo \"\$VMMALLOC_BACKEND \$VMMALLOC_POOL_DIR\" >>'$scratch/seen'
		exec '$places' 1000 use 1000000 60"
}

runs 0 "$vmmalloc" compare -n 1 --warmup 0 -r "$scratch/html" \
	-d "$places_list" --sweep near=0%,50%,100% "$places" 1000 use 1000000 60
awk '$1 == "near" { on = 1; next } on && $2 == "%" { print $1, $3 }' \
	"$scratch/out" >"$scratch/table"
runs 0 sweep -d "$places_list" --sweep near=0%,1%,50%,100%
python3 - "$scratch" "$far" <<'END_PYTHON' || fail "other contenders"
import json, sys
scratch, far = sys.argv[1:]
MIB = 1 << 20
contenders = json.load(open(scratch + "/json"))["contenders"]
none, least, half, all_ = contenders
assert [c["name"] for c in contenders] == [
    "near=0%", "near=1%", "near=50%", "near=100%"], contenders
assert [c["near_percent"] for c in contenders] == [0, 1, 50, 100]
peak = all_["near_bytes"]
assert 57 * MIB <= peak <= 70 * MIB, peak
assert abs(half["near_bytes"] - peak / 2) <= 2 * MIB, half
assert none["near_bytes"] == 0 and least["near_bytes"] == 14 * MIB
wanted = [f"{far}:{256 * MIB}"] + [
    f"ram:{near},{far}:{256 * MIB}"
    for near in (14 * MIB, half["near_bytes"], 128 * MIB)]
assert [c["pool_dir"] for c in contenders] == wanted, contenders
# the first line is that of the run that measures the peak
seen = open(scratch + "/seen").read().split("\n")
assert seen[0] == f"native ram:{128 * MIB},{far}:{256 * MIB}", seen
assert {"native " + place for place in wanted} == set(seen[1:-1]), seen
rows = [line.split() for line in open(scratch + "/table")]
assert [row[0] for row in rows] == ["0", "50", "100"], rows
assert rows[0][1] == "0" and abs(int(rows[2][1]) - peak / MIB) <= 4, rows
page = open(scratch + "/html").read()
section = page.split("<h2>Near memory</h2>")[1].split("</section>")[0]
points = section.split('points="')[1].split('"')[0].split()
xs = [float(point.split(",")[0]) for point in points]
assert len(xs) == 3 and xs == sorted(set(xs)), points
assert section.count("<circle") == 3
END_PYTHON

# The contender may be named, with its places.
for backend in $TEST_BACKENDS; do
	runs 0 sweep -w "$backend@$places_list" --sweep near=50%
	grep -q "^$backend ram:" "$scratch/seen" || fail "not $backend"
done

bad="not near= and up to 16 different percentages, such as near=0%,50%,100%"
for list in far=0% near= near=1 near=101% near=-1% near=1%,1% 'near=1%,' 50%; do
	refuses 2 "bad --sweep '$list': $bad" "$vmmalloc" compare \
		-d "$places_list" --sweep "$list" true
done
refuses 2 "compare: --sweep and --plan exclude each other; see 'vmmalloc help \
compare'" "$vmmalloc" compare --sweep near=0% --plan /dev/null
refuses 1 "compare --sweep: needs a near and a far place with their sizes, not \
'ram'; give --pool-dir NEAR:SIZE,FAR:SIZE" \
	"$vmmalloc" compare -d ram --sweep near=0% true
for contenders in native,system system; do
	refuses 1 "compare --sweep: needs one contender, which is a backend; give \
it with --backends or --with" "$vmmalloc" compare -b $contenders \
		-d "$places_list" --sweep near=0% true
done
runs 1 "$vmmalloc" compare -d "ram:32M,$far:256M" --sweep near=0% \
	"$places" 1000 use 1000000 60
grep -q "^vmmalloc: compare --sweep: the near place 'ram' has 33554432 bytes, \
but the heap takes up [0-9]*; give it that much" "$scratch/err" ||
	fail "other text: $(cat "$scratch/err")"
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
