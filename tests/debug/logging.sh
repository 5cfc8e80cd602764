# SPDX-License-Identifier: BSD-3-Clause
# The output of the two variants: the debug variant writes a log, in the
# original's line format; the release variant writes none, whatever is set; and
# both write VMMALLOC_STATS_FILE.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
under="timeout 120"
logs=$scratch/logs
mkdir "$logs" || exit 99

# run VARIANT WORD VARIABLE=VALUE...: runs the program with WORD as argument.
run()
{
	variant=$1
	word=$2
	shift 2
	preload native 64M \
		LD_PRELOAD="$TEST_BUILDDIR/$variant/libvmmalloc.so.1" "$@" \
		"$TEST_BUILDDIR/tests/debug/traced" $word \
		>"$scratch/out" 2>"$scratch/err" ||
		fail "exit status $?, $variant: $*: $(cat "$scratch/err")"
	test ! -s "$scratch/out" || fail "output on stdout: $*"
	test -z "$(ls -A "$pool")" || fail "left behind in the pool: $*"
}

# has FILE PATTERN...: each pattern matches a whole text after a line's head.
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

# Levels: each has the lines of those below it, and none of those above.
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

# A file; then nothing is printed to stderr.
run debug/.libs fork VMMALLOC_LOG_LEVEL=4 VMMALLOC_LOG_FILE="$logs/one"
test ! -s "$scratch/err" || fail "a log on stderr beside the file"
test "$(ls "$logs")" = one || fail "other files: $(ls "$logs")"
has "$logs/one" "size 12000" "size 12005" "size 12007"
rm "$logs/one"

# With a trailing "-" each process has its own file, also a forked child.
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

# Values are parsed as in the original: the level by atoi, the summary by a
# comparison with "1".
level_of()
{
	run debug/.libs "" "VMMALLOC_LOG_LEVEL=$1"
	sed -n 's/^<libvmmalloc>: <\([0-4]\)>.*/\1/p' "$scratch/err" |
		sort -u | tail -n 1
}
while IFS=: read -r value level; do
	test "$(level_of "$value")" = "$level" ||
		fail "level '$value' is $(level_of "$value"), not $level"
done <<END
1:1
 2:2
	+3:3
2x:2
03:3
5:4
44:4
99999999999999999999:4
-1:
-4:
x:
x4:
+:
:
END
for value in 0 2 yes 1x "" " 1" 01; do
	run debug/.libs "" "VMMALLOC_LOG_STATS=$value"
	test ! -s "$scratch/err" || fail "VMMALLOC_LOG_STATS=$value is on"
done

# Level 1: each error with its call and the text of errno.
no_memory="Cannot allocate memory"
run debug/.libs fail VMMALLOC_LOG_LEVEL=1
has "$scratch/err" "malloc of [0-9]+ bytes: $no_memory" \
	"calloc of 2 times [0-9]+ bytes: $no_memory" \
	"realloc to [0-9]+ bytes: $no_memory" \
	"alignment of [0-9]+ bytes to 64: $no_memory" \
	"alignment to 24 bytes: Invalid argument"
test "$(grep -c "$no_memory" "$scratch/err")" -ge 7 ||
	fail "not each call that failed: $(cat "$scratch/err")"
run debug/.libs fail
test ! -s "$scratch/err" || fail "errors are logged at level 0"

# refused TEXT VARIABLE=VALUE...: the debug variant does not start the program.
refused()
{
	text=$1
	shift
	env LD_PRELOAD="$debug_library" \
		VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
		"$@" true 2>"$scratch/err"
	test $? = 127 || fail "taken: $*"
	echo "Error (libvmmalloc): $text" | cmp -s - "$scratch/err" ||
		fail "other text: $(cat "$scratch/err")"
}

# The message that ends a process is in the log too, at every level.
refused "VMMALLOC_POOL_SIZE value is less than minimum (1024 < 14680064)" \
	VMMALLOC_POOL_SIZE=1K VMMALLOC_LOG_FILE="$logs/fatal"
cmp "$scratch/err" "$logs/fatal" || fail "not in the log of level 0"
refused "VMMALLOC_POOL_SIZE value is less than minimum (1024 < 14680064)" \
	VMMALLOC_POOL_SIZE=1K VMMALLOC_LOG_FILE="$logs/fatal" \
	VMMALLOC_LOG_LEVEL=1
grep -qxFf "$scratch/err" "$logs/fatal" || fail "not in the log of level 1"
env LD_PRELOAD="$debug_library" \
	VMMALLOC_BACKEND_PATH="$backends" \
	VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
	VMMALLOC_LOG_FILE="$logs/fatal" sh -c '"$0" 2>"$1"' \
	"$TEST_BUILDDIR/tests/misuse/free-inside-large" "$scratch/err" &&
	fail "the heap does not notice misuse"
grep -q '^Error (libvmmalloc): .*invalid' "$scratch/err" &&
	grep -qxFf "$scratch/err" "$logs/fatal" ||
	fail "not in the log: $(cat "$scratch/err")"
rm "$logs/fatal"

# A file that cannot be opened: one line, in the original's words.
refused "VMMALLOC_LOG_FILE=$scratch/no/where: No such file or directory" \
	VMMALLOC_LOG_FILE="$scratch/no/where"

# A relative name refers to the same file as at the start, in a child as well.
(
	cd "$logs" || exit 99
	run debug/.libs "fork away" VMMALLOC_LOG_LEVEL=1 VMMALLOC_LOG_FILE=own-
	test $failures = 0
) || fail "a relative name"
test "$(ls "$logs" | grep -cE '^own-[0-9]+$')" = 2 ||
	fail "not one file for each of two processes: $(ls "$logs")"
rm -f "$logs"/own-*

# Levels 2 and 3: commits, and a fork that copies the pool.
run debug/.libs fork VMMALLOC_LOG_LEVEL=3 VMMALLOC_FORK=2
n="[0-9]+ pages"
has "$scratch/err" "initialization completed" \
	"committed $n from page [0-9]+ on" "fork begins: mode 2, copy 1" \
	"copied $n for a child" "forked" "the copy is the pool: $n"
run debug/.libs fork VMMALLOC_LOG_LEVEL=3 VMMALLOC_FORK=1
has "$scratch/err" "fork begins: mode 1, copy 0" "made private: $n"

# A child that cannot open its log continues without one.
mkdir "$logs/dir" || exit 99
run debug/.libs "fork lose $logs/dir" VMMALLOC_LOG_LEVEL=4 \
	VMMALLOC_LOG_FILE="$logs/dir/own-"
test ! -s "$scratch/err" || fail "printed: $(cat "$scratch/err")"
set -- "$logs/dir.lost"/own-*
test $# = 1 || fail "not one log: $*"
has "$1" "size 12000" "size 12007"
! grep -q "size 12005" "$1" || fail "the child writes to the parent's log"
rm -r "$logs/dir.lost"

# The release variant does none of this.
run .libs fork VMMALLOC_LOG_LEVEL=4 VMMALLOC_LOG_STATS=1 \
	VMMALLOC_LOG_FILE="$logs/release-"
test ! -s "$scratch/err" || fail "the release variant prints"
test -z "$(ls -A "$logs")" || fail "the release variant writes a log"
run .libs "" VMMALLOC_LOG_LEVEL=junk VMMALLOC_LOG_FILE=/no/where
test ! -s "$scratch/err" || fail "the release variant minds log variables"

# VMMALLOC_STATS_FILE, of both variants.
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
		"$backends" <<'END' || fail "the JSON"
import json, sys
report = json.load(open(sys.argv[1]))
assert report["schema"] == 1
assert report["config"] == {"pool_dir": sys.argv[2], "pool_size": 67108864,
                            "fork": 3, "fork_return": False,
                            "tiers": "", "placement": "overflow",
                            "pool_policy": "", "commit": "all", "limit": 0,
                            "background": False,
                            "prealloc": True, "huge_pages": 1,
                            "backend": "native", "backend_path": sys.argv[3],
                            "profile": 0, "profile_file": "",
                            "stats_file": sys.argv[1]}, report["config"]
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
	# not an error that ends the process
	run $variant "" "VMMALLOC_STATS_FILE=$scratch/no/where"
	test ! -s "$scratch/err" || fail "printed: $(cat "$scratch/err")"
done

# Neither file is opened through a link that another user may have made: one in
# a sticky directory that everybody may write to. Elsewhere links are followed.
public=$scratch/public
mkdir -m 1777 "$public" "$scratch/private" || exit 99
chmod 700 "$scratch/private"
for dir in "$public" "$scratch/private"; do
	ln -s "$logs/target" "$dir/link"
	ln -s "$logs/none" "$dir/dangling"
done
echo precious >"$logs/target"
too_many="Too many levels of symbolic links"
for link in link dangling; do
	refused "VMMALLOC_LOG_FILE=$public/$link: $too_many" \
		VMMALLOC_LOG_FILE="$public/$link"
	for variant in .libs debug/.libs; do
		run $variant "" "VMMALLOC_STATS_FILE=$public/$link"
		test ! -s "$scratch/err" || fail "printed: $(cat "$scratch/err")"
	done
	run debug/.libs "" "VMMALLOC_STATS_FILE=$public/$link" \
		VMMALLOC_LOG_LEVEL=1
	has "$scratch/err" "open of .*_STATS_FILE $public/$link: $too_many"
done
test "$(cat "$logs/target")" = precious || fail "a link is followed"
test ! -e "$logs/none" || fail "a link that dangles is followed"
for variable in STATS LOG; do
	for link in link dangling; do
		run debug/.libs "" VMMALLOC_LOG_LEVEL=1 \
			"VMMALLOC_${variable}_FILE=$scratch/private/$link"
	done
	test "$(cat "$logs/target")" != precious && test -s "$logs/none" ||
		fail "a link of one's own is not followed: $variable"
	echo precious >"$logs/target"
	rm -f "$logs/none"
done
run debug/.libs "" VMMALLOC_LOG_LEVEL=1 VMMALLOC_LOG_FILE="$public/log" \
	VMMALLOC_STATS_FILE="$public/stats"
test -s "$public/log" && test -s "$public/stats" ||
	fail "no plain file in a directory that everybody may write to"

# A FIFO for the report: a reader gets it; without a reader nothing blocks.
mkfifo "$scratch/fifo" || exit 99
for variant in .libs debug/.libs; do
	run $variant "" VMMALLOC_STATS_FILE="$scratch/fifo"
	cat "$scratch/fifo" >"$scratch/read" &
	reader=$!
	exec 3>"$scratch/fifo" # there is a reader now
	run $variant "" VMMALLOC_STATS_FILE="$scratch/fifo"
	exec 3>&-
	wait $reader
	grep -q '"schema"' "$scratch/read" || fail "no report by a FIFO"
done

# Even with a log line per call, a thread is not cancelled inside a call.
preload native 1G LD_PRELOAD="$debug_library" VMMALLOC_LOG_LEVEL=4 \
	VMMALLOC_LOG_FILE="$logs/cancel" "$TEST_BUILDDIR/tests/preload/cancel" ||
	fail "a line of the log is a cancellation point"

finish
