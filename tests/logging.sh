# SPDX-License-Identifier: BSD-3-Clause
# What the two variants write about themselves: the debug variant a log, in the
# original's line format; the release variant nothing, whatever it is told; and
# both VMMALLOC_STATS_FILE.
set -u

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
pool=$scratch/pool
logs=$scratch/logs
mkdir "$pool" "$logs" || exit 99
failures=0

fail()
{
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# run VARIANT WORD VARIABLE=VALUE...: the program, with WORD as its argument.
run()
{
	variant=$1
	word=$2
	shift 2
	env LD_PRELOAD="$TEST_BUILDDIR/$variant/libvmmalloc.so.1" \
		VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/.libs" \
		VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M "$@" \
		"$TEST_BUILDDIR/tests/traced" $word \
		>"$scratch/out" 2>"$scratch/err" ||
		fail "exit status $?, $variant: $*: $(cat "$scratch/err")"
	test ! -s "$scratch/out" || fail "output on stdout: $*"
	test -z "$(ls -A "$pool")" || fail "left behind in the pool: $*"
}

# has FILE PATTERN...: each a whole text behind the line's head.
head='^<libvmmalloc>: <[0-4]> \[[a-z_]*\.c:[0-9]+ [a-z_]+\] '
has()
{
	log=$1
	shift
	for pattern; do
		grep -qE "$head$pattern\$" "$log" ||
			fail "no \"$pattern\" in the log"
	done
}

# Levels: each has what those below it have, and no line of those above.
for level in 0 1 2 3 4; do
	run debug/.libs "" VMMALLOC_LOG_LEVEL=$level
	! grep -vE "$head" "$scratch/err" || fail "a line of another format"
	for other in 1 2 3 4; do
		grep -q "^<libvmmalloc>: <$other>" "$scratch/err"
		is_there=$?
		if test $other -le $level; then
			test $is_there = 0 ||
				fail "no line of level $other at $level"
		else
			test $is_there = 1 ||
				fail "a line of level $other at $level"
		fi
	done
done
p='0x[0-9a-f]+'
has "$scratch/err" "size 12000" "nmemb 3, size 4100" \
	"ptr $p, size 12300" "boundary 64  size 12400" \
	"alignment 128  size 12500" "alignment 256  size 12600" "ptr $p"
run debug/.libs ""
test ! -s "$scratch/err" || fail "a log without VMMALLOC_LOG_LEVEL"

# A file; there is nothing on stderr then.
run debug/.libs fork VMMALLOC_LOG_LEVEL=4 VMMALLOC_LOG_FILE="$logs/one"
test ! -s "$scratch/err" || fail "a log on stderr beside the file"
test "$(ls "$logs")" = one || fail "other files: $(ls "$logs")"
has "$logs/one" "size 12000" "size 12005" "size 12007"
rm "$logs/one"

# With a trailing "-" each process has its own, the forked child too.
for mode in 1 2; do
	run debug/.libs fork VMMALLOC_LOG_LEVEL=4 VMMALLOC_FORK=$mode \
		VMMALLOC_LOG_FILE="$logs/own-"
	test "$(ls "$logs" | grep -cE '^own-[0-9]+$')" = 2 ||
		fail "not one file for each of two processes: $(ls "$logs")"
	for log in "$logs"/own-*; do
		pid=${log##*-}
		grep -qE "$head.*pid $pid" "$log" ||
			fail "a log that does not name its process"
		if grep -qE "${head}size 12007\$" "$log"; then
			has "$log" "size 12000"
			! grep -q "size 12005" "$log" ||
				fail "the parent's log has the child's lines"
		else
			has "$log" "size 12005"
			! grep -q "size 12000" "$log" ||
				fail "the child's log has the parent's lines"
		fi
	done
	rm "$logs"/own-*
done

# The summary at exit.
run debug/.libs "" VMMALLOC_LOG_STATS=1
has "$scratch/err" "pool 67108864, committed [0-9]+, peak [0-9]+, .*" \
	"backend native, allocated [0-9]+"
run debug/.libs "" VMMALLOC_LOG_STATS=0
test ! -s "$scratch/err" || fail "a summary with VMMALLOC_LOG_STATS=0"

# A bad value has its one line.
for variable in VMMALLOC_LOG_LEVEL VMMALLOC_LOG_STATS; do
	for value in 5 -1 x "" 1x 99999999999999999999; do
		env LD_PRELOAD="$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1" \
			VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
			"$variable=$value" true 2>"$scratch/err"
		test $? = 127 || fail "$variable=$value is taken"
		grep -qF "incorrect $variable value ($value)" \
			"$scratch/err" || fail "$(cat "$scratch/err")"
	done
done
env LD_PRELOAD="$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1" \
	VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
	VMMALLOC_LOG_FILE="$scratch/no/where" true 2>"$scratch/err"
test $? = 127 || fail "a log file that cannot be written is taken"
grep -qF "cannot write VMMALLOC_LOG_FILE $scratch/no/where: No such file" \
	"$scratch/err" || fail "$(cat "$scratch/err")"

# The release variant has none of all this.
run .libs fork VMMALLOC_LOG_LEVEL=4 VMMALLOC_LOG_STATS=1 \
	VMMALLOC_LOG_FILE="$logs/release-"
test ! -s "$scratch/err" || fail "the release variant prints"
test -z "$(ls -A "$logs")" || fail "the release variant writes a log"
run .libs "" VMMALLOC_LOG_LEVEL=junk VMMALLOC_LOG_FILE=/no/where
test ! -s "$scratch/err" || fail "the release variant minds log variables"

# VMMALLOC_STATS_FILE, of both.
for variant in .libs debug/.libs; do
	run $variant fork "VMMALLOC_STATS_FILE=$logs/a %p \"b\".json"
	test ! -s "$scratch/err" || fail "printed: $(cat "$scratch/err")"
	test "$(ls "$logs" | grep -cE '^a [0-9]+ "b"\.json$')" = 2 ||
		fail "not one file for each of two processes: $(ls "$logs")"
	rm -f "$logs"/*
	run $variant "" "VMMALLOC_STATS_FILE=$logs/json" VMMALLOC_FORK=3 \
		VMMALLOC_POOL_DIR="$pool/../pool" VMMALLOC_PREALLOC=1
	test -s "$logs/json" || fail "no VMMALLOC_STATS_FILE"
	command -v python3 >/dev/null || continue
	python3 - "$logs/json" "$pool/../pool" \
		"$TEST_BUILDDIR/backends/.libs" <<'END' || fail "the JSON"
import json, sys
report = json.load(open(sys.argv[1]))
assert report["schema"] == 1
assert report["config"] == {"pool_dir": sys.argv[2], "pool_size": 67108864,
                            "fork": 3, "prealloc": True, "huge_pages": True,
                            "backend": "native", "backend_path": sys.argv[3]}, report["config"]
assert report["backend"]["name"] == "native"
assert report["backend"]["version"] and report["backend"]["abi"]
assert report["version"] and report["pid"] > 1 and report["forks"] == 0
pool = report["pool"]
assert pool["reserved"] == 67108864
assert 0 < pool["committed"] <= pool["committed_peak"] <= pool["reserved"]
assert pool["committed"] == 67108864, "VMMALLOC_PREALLOC=1"
assert pool["commit_calls"] > 0
assert 0 <= report["backend"]["allocated"] < pool["committed"]
for name in "purged", "free", "idle", "ahead", "purge_calls", "bootstrap":
    assert pool[name] >= 0, name
END
done
for variant in .libs debug/.libs; do
	# it is no reason to fail
	run $variant "" "VMMALLOC_STATS_FILE=$scratch/no/where"
	test ! -s "$scratch/err" || fail "printed: $(cat "$scratch/err")"
done

# With a line for each call, too, a thread is not cancelled in the middle of one.
env LD_PRELOAD="$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1" \
	VMMALLOC_BACKEND=native \
	VMMALLOC_BACKEND_PATH="$TEST_BUILDDIR/backends/.libs" \
	VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=1G VMMALLOC_LOG_LEVEL=4 \
	VMMALLOC_LOG_FILE="$logs/cancel" "$TEST_BUILDDIR/tests/preload/cancel" ||
	fail "a line of the log is a cancellation point"

test $failures = 0
