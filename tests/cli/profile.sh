# SPDX-License-Identifier: BSD-3-Clause
# The heap profile, and vmmalloc profile: the amounts of a program whose functions
# allocate known ones, within the bounds of sampling, for each backend, with
# threads, forks and signals; and other readers of the files.
. "$TEST_SRCDIR/tests/cli/common.sh"

need python3
program=$TEST_BUILDDIR/tests/cli/profiled
rate=16384
VMMALLOC_POOL_SIZE=256M

# profile WHAT [OPTION...]: the program does it; its profile is $heap
profile()
{
	rm -f "$scratch"/*.heap*
	what=$1
	shift
	runs 0 "$vmmalloc" run -b "$backend" --profile=$rate \
		--profile-file="$scratch/%p.heap" "$@" -- "$program" "$what"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	heap=$(ls "$scratch"/*.heap | tail -n 1)
}

# holds FILE CHECK...
holds()
{
	cases=$((cases + 1))
	runs 0 "$vmmalloc" profile -o "$scratch/pb.gz" "$1"
	shift
	python3 "$TEST_SRCDIR/tests/cli/profile.py" "$scratch/pb.gz" $rate \
		"$@" || fail "$backend: $what"
}

for backend in $TEST_BACKENDS; do
	profile hold
	holds "$heap" hold_small:inuse_space:10000000:100 \
		hold_small:inuse_objects:100000:100 \
		hold_small:alloc_space:10000000:100 \
		hold_large:inuse_space:32000000:4000000 \
		hold_large:inuse_objects:8:4000000 \
		hold_aligned:inuse_space:10000000:10000 \
		hold_zeroed:inuse_space:20000000:1000 \
		hold_zeroed:inuse_objects:20000:1000 \
		hold_grown:inuse_space:4000000:4000 \
		hold_grown:alloc_space:12000000:4000
	profile churn
	holds "$heap" churn:alloc_space:25600000:64 \
		churn:alloc_objects:400000:64 churn:inuse_space:0
	profile large
	holds "$heap" churn_large:alloc_space:200000000:1000000 \
		churn_large:inuse_space:0
	rate=524288
	profile hold
	holds "$heap" hold_small:inuse_space:10000000:100 \
		hold_large:inuse_space:32000000:4000000 \
		hold_zeroed:inuse_space:20000000:1000 \
		hold_grown:alloc_space:12000000:4000
	rate=16384
	profile threads
	holds "$heap" churn_thread:alloc_space:25600000:64 \
		churn_thread:inuse_space:0

	modes=1
	test "$backend" != native || modes='0 1 2 3'
	for mode in $modes; do
		profile fork --fork=$mode
		test "$(ls "$scratch"/*.heap | wc -l)" = 2 ||
			fail "$backend, fork mode $mode: not two files"
		# the child, whose number is higher unless numbers wrap around
		for file in "$scratch"/*.heap; do
			if "$vmmalloc" profile -a -n 9 "$file" |
				grep -q hold_zeroed; then
				holds "$file" hold_zeroed:alloc_space:20000000:1000 \
					hold_small:inuse_space:10000000:100 \
					hold_small:alloc_space:0 \
					hold_large:inuse_space:0
			else
				holds "$file" hold_small:alloc_space:10000000:100 \
					hold_large:inuse_space:32000000:4000000 \
					hold_zeroed:alloc_space:0
			fi
		done
	done
	rate=1
	profile signals
	rate=16384
done

# Each block is sampled: exact numbers
backend=native
rate=1
profile hold
holds "$heap" hold_small:inuse_objects:100000:1000000 \
	hold_grown:alloc_objects:3000:1000000
rate=16384

# The report
profile hold
runs 0 "$vmmalloc" profile -n 1 "$heap"
grep -q '^    hold_large (profiled)$' "$scratch/out" || fail "not the largest"
test "$(grep -c 'MiB, .*: live ' "$scratch/out")" = 1 || fail "more than one site"
grep -q '^not freed ' "$scratch/out" || fail "no lifetimes"
profile churn
runs 0 "$vmmalloc" profile --allocated "$heap"
grep -q '^    churn (profiled)$' "$scratch/out" || fail "not what was allocated"
runs 0 "$vmmalloc" profile "$heap"
! grep -q churn "$scratch/out" || fail "a site that holds nothing"

# speedscope: frames exist, as many weights as samples
profile hold
runs 0 "$vmmalloc" profile --speedscope "$scratch/json" "$heap"
python3 - "$scratch/json" <<'END' || fail "the file for speedscope"
import json, sys
file = json.load(open(sys.argv[1]))
frames = [frame["name"] for frame in file["shared"]["frames"]]
assert "speedscope.app/file-format-schema.json" in file["$schema"]
assert [one["name"] for one in file["profiles"]] == ["live", "allocated"]
for one in file["profiles"]:
    assert one["unit"] == "bytes" and one["type"] == "sampled"
    assert len(one["samples"]) == len(one["weights"])
    assert sum(one["weights"]) == one["endValue"]
    for stack in one["samples"]:
        # the outermost comes first
        names = [frames[i] for i in stack]
        assert "main" in names or "_start" in names or names
        if "hold_large" in names and "main" in names:
            assert names.index("main") < names.index("hold_large")
END

# Other readers
if command -v google-pprof >/dev/null; then
	google-pprof --text --inuse_space "$program" "$heap" \
		>"$scratch/text" 2>/dev/null
	grep -q 'hold_large' "$scratch/text" || fail "google-pprof"
fi
for go in go /usr/lib/go/bin/go /usr/lib/go-*/bin/go; do
	command -v "$go" >/dev/null || continue
	runs 0 "$vmmalloc" profile -o "$scratch/pb.gz" "$heap"
	for file in "$scratch/pb.gz" "$heap"; do
		HOME=$scratch "$go" tool pprof -top -sample_index=inuse_space \
			"$file" >"$scratch/text" 2>/dev/null
		grep -q 'hold_large' "$scratch/text" || fail "go tool pprof $file"
	done
	break
done

cp "$heap" "$scratch/kept"

# On request; and without a profile
cat >"$scratch/dump.c" <<'END'
#include <libvmmalloc.h>
#include <stdlib.h>
int
main(void)
{
	void *block = malloc(1000000);
	int err = vmmalloc_ctl("vmmalloc.profile_dump", 0, 0, 0, 0);
	free(block);
	return err;
}
END
$TEST_CC -I"$TEST_SRCDIR/include" -o "$scratch/dump" "$scratch/dump.c" \
	"$library" -Wl,-rpath,"${library%/*}" || exit 99
rm -f "$scratch"/*.heap*
runs 0 "$vmmalloc" run --profile=1 --profile-file="$scratch/x.heap" \
	-- "$scratch/dump"
grep -q '^1: 1000000 \[1: 1000000\] @' "$scratch/x.heap.1" ||
	fail "the dump lacks the block: $(head "$scratch/x.heap.1")"
grep -q '^0: 0 \[1: 1000000\] @' "$scratch/x.heap" ||
	fail "the block is there at the end: $(head "$scratch/x.heap")"
runs 2 "$vmmalloc" run -- "$scratch/dump" # ENOENT

# The default name
(cd "$scratch" && "$vmmalloc" run --profile -- "$program" churn)
ls "$scratch"/vmmalloc.[0-9]*.heap >/dev/null || fail "no file by default"

# Refusals
refuses 1 "cannot read '$scratch/none': No such file or directory" \
	"$vmmalloc" profile "$scratch/none"
refuses 1 "cannot read '$program': it is no heap profile, or cut off; \
vmmalloc run --profile makes one" "$vmmalloc" profile "$program"
refuses 2 "profile: give one FILE; see 'vmmalloc help profile'" \
	"$vmmalloc" profile
refuses 1 "cannot write '$scratch/no/file': No such file or directory" \
	"$vmmalloc" profile -o "$scratch/no/file" "$scratch/kept"
refuses 1 "cannot write '$scratch/no/file': No such file or directory" \
	"$vmmalloc" profile -s "$scratch/no/file" "$scratch/kept"
refuses 2 "bad --top 'x': must be a number" \
	"$vmmalloc" profile -n x "$scratch/kept"
finish
