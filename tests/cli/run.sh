# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc run: the environment of the command, and what is refused.
. "$TEST_SRCDIR/tests/cli/common.sh"

usage="see 'vmmalloc help run'"

# run COMMAND...: with the settings of the environment.
run()
{
	"$vmmalloc" run -- "$@"
}

# The environment of the command.
cat >"$scratch/show" <<'END' || exit 99
#! /bin/sh
echo "$VMMALLOC_BACKEND $VMMALLOC_POOL_DIR $VMMALLOC_POOL_SIZE" \
	"$VMMALLOC_BACKEND_PATH $LD_PRELOAD $*"
END
chmod +x "$scratch/show" || exit 99
prints "native $pool 33554432 $backends $library a  b" run "$scratch/show" "a  b"
mkdir "$scratch/other" || exit 99
cd "$scratch" || exit 99
prints "native $scratch/other 14680064 $backends $library " \
	env VMMALLOC_BACKEND=none "$vmmalloc" run -b native -d other -s 14M ./show
prints "native $scratch/other 15728640 $backends $library " \
	env VMMALLOC_BACKEND=none "$vmmalloc" run --backend=native \
	--pool-dir other --pool-size=15728640 ./show
cd "$TEST_BUILDDIR" || exit 99
prints "native $pool 33554432 /nowhere:$backends $library " \
	env VMMALLOC_BACKEND_PATH=/nowhere "$vmmalloc" run "$scratch/show"
unset VMMALLOC_POOL_SIZE
prints yes run sh -c 'test $((VMMALLOC_POOL_SIZE % 2097152)) = 0 && echo yes'
VMMALLOC_POOL_SIZE=32M
export VMMALLOC_POOL_SIZE

# Other libraries are kept; another libvmmalloc is removed.
for name in libother.so libvmmalloc.so.9; do
	$TEST_CC -shared -fPIC -o "$scratch/$name" -x c /dev/null || exit 99
done
prints "native $pool 33554432 $backends $library:$scratch/libother.so " \
	env "LD_PRELOAD=$scratch/libvmmalloc.so.9:$scratch/libother.so" \
	"$vmmalloc" run "$scratch/show"

# The debug library, and the debug builds of backends before the others.
prints "native $pool 33554432 $TEST_BUILDDIR/debug/.libs:$backends \
$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1 " \
	env "VMMALLOC_LIBRARY=$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1" \
	"$vmmalloc" run "$scratch/show"
runs 0 env "VMMALLOC_LIBRARY=$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1" \
	"$vmmalloc" run -s 64M "$TEST_BUILDDIR/tests/debug/heap"

# The exit status of the command.
runs 7 run sh -c 'exit 7'
runs 143 sh -c "'$vmmalloc' run sh -c 'kill -TERM \$\$'"
test ! -s "$scratch/out" || fail "output of a command that has none"

# Scripts, with an interpreter and without.
echo 'echo "$VMMALLOC_BACKEND"' >"$scratch/plain"
chmod +x "$scratch/plain" || exit 99
prints native run "$scratch/plain"
prints native env "PATH=$scratch:$PATH" "$vmmalloc" run plain
echo '#! /nowhere/sh' >"$scratch/orphan"
chmod +x "$scratch/orphan" || exit 99
refuses 126 "cannot run '$scratch/orphan': its interpreter '/nowhere/sh': \
No such file or directory" run "$scratch/orphan"

# Commands that do not exist or cannot be executed.
refuses 127 "cannot run 'no-such-command': no such command in PATH" \
	run no-such-command
refuses 127 "cannot run '$scratch/none': No such file or directory" \
	run "$scratch/none"
refuses 126 "cannot run '$scratch': Is a directory" run "$scratch"
echo text >"$scratch/text"
refuses 126 "cannot run '$scratch/text': Permission denied; is it executable?" \
	run "$scratch/text"

# Programs in which LD_PRELOAD has no effect.
echo 'void _start(void) { for (;;) ; }' >"$scratch/static.c"
if $TEST_CC -static -nostdlib -o "$scratch/static" "$scratch/static.c"; then
	refuses 125 "cannot preload into $scratch/static: it is statically \
linked; use a dynamically linked build" run "$scratch/static"
	printf '\376\376' | dd of="$scratch/static" bs=1 seek=18 conv=notrunc \
		2>"$scratch/err" || exit 99
	refuses 125 "cannot preload into $scratch/static: it is for another \
kind of machine than $library; use builds of one kind" run "$scratch/static"
else
	echo "left out: no statically linked program can be built"
fi
cp "$(command -v id)" "$scratch/id" && chown 65534 "$scratch/id" &&
	chmod 4755 "$scratch/id"
if test "$("$scratch/id" -u)" = 65534 && test "$(id -u)" != 65534; then
	refuses 125 "cannot preload into $scratch/id: it is set-user-ID, set-\
group-ID or has capabilities, so LD_PRELOAD is ignored; run it as its owner or \
use a copy" run "$scratch/id"
else
	echo "left out: no set-user-ID program can be made"
fi

# Core files: the setting that the command inherits.
text=$("$vmmalloc" run --core -- cat /proc/self/coredump_filter)
test "$text" = 000001ff || fail "run --core: coredump_filter is $text"

# Each variable of the library is an option, of its name.
sed -n 's/^	X(\([A-Z_]*\),.*/\1/p' "$TEST_SRCDIR/core/env_vars.h" |
	tr A-Z_ a-z- >"$scratch/names"
test "$(wc -l <"$scratch/names")" -ge 13 || fail "too few variables"
runs 0 "$vmmalloc" help run
while read -r name; do
	grep -qE -e "^  (-.,|   ) --$name( |\[|\$)" "$scratch/out" ||
		fail "no option --$name"
done <"$scratch/names"
set -- --fork 2 --fork-return --background --prealloc=1 --huge-pages=0 \
	--stats "$scratch/a b" --log-level 3 --log-file log --log-stats \
	--backend-path /nowhere
prints "2 1 1 1 0 $scratch/a b 3 log 1 /nowhere:$backends" \
	env VMMALLOC_FORK=1 "$vmmalloc" run "$@" -- env -u LD_PRELOAD sh -c '
	echo "$VMMALLOC_FORK $VMMALLOC_FORK_RETURN $VMMALLOC_BACKGROUND" \
		"$VMMALLOC_PREALLOC" \
		"$VMMALLOC_HUGE_PAGES $VMMALLOC_STATS_FILE" \
		"$VMMALLOC_LOG_LEVEL $VMMALLOC_LOG_FILE $VMMALLOC_LOG_STATS" \
		"$VMMALLOC_BACKEND_PATH"'
prints "$debug_library" "$vmmalloc" run --library "$debug_library" \
	-s 64M -- sh -c 'echo "$LD_PRELOAD"'
refuses 125 "bad --fork '4': must be a number from 0 to 3" \
	"$vmmalloc" run --fork 4 true
refuses 125 "bad --prealloc 'yes': must be 0 or 1" \
	"$vmmalloc" run --prealloc=yes true
refuses 125 "run --fork: this option needs a value; $usage" \
	"$vmmalloc" run --fork

# A dry run prints the environment, quoted for a shell, and runs nothing.
runs 0 "$vmmalloc" run --dry-run --core "$@" touch "$scratch/touched"
test ! -e "$scratch/touched" || fail "a dry run runs the command"
cp "$scratch/out" "$scratch/dry" || exit 99
grep -qx "VMMALLOC_STATS_FILE='$scratch/a b'" "$scratch/dry" ||
	fail "not quoted: $(cat "$scratch/dry")"
runs 0 "$vmmalloc" run --backend-path /nowhere "$@" env
while read -r line; do
	eval "line=\"$(echo "$line" | tr -d "'")\""
	grep -qxF "$line" "$scratch/out" || fail "not in a real run: $line"
done <"$scratch/dry"
test "$(wc -l <"$scratch/dry")" = 15 ||
	fail "not 15 variables: $(cat "$scratch/dry")"
refuses 127 "cannot run 'no-such-command': no such command in PATH" \
	"$vmmalloc" run --dry-run no-such-command

# Wrong command lines.
refuses 125 "run: no command given; $usage" "$vmmalloc" run
refuses 125 "run --nonsense: no such option; $usage" "$vmmalloc" run --nonsense
refuses 125 "run -x: no such option; $usage" "$vmmalloc" run -x true
refuses 125 "run -s: this option needs a value; $usage" "$vmmalloc" run -s
refuses 125 "run --help=x: this option takes no value; $usage" \
	"$vmmalloc" run --help=x
refuses 2 "no such command 'walk'; see 'vmmalloc --help'" "$vmmalloc" walk
refuses 2 "no command given: run, backends, compare, doctor, stat, top, ctl, profile, record, trace or replay; see 'vmmalloc --help'" \
	"$vmmalloc"

# Invalid pools and backends.
junk="not a number of bytes, or a number with K, M, G or T"
refuses 125 "bad --pool-size 'ten': $junk" "$vmmalloc" run -s ten true
refuses 125 "bad VMMALLOC_POOL_SIZE '1M': a pool needs at least 14680064 bytes \
(14M)" env VMMALLOC_POOL_SIZE=1M "$vmmalloc" run true
refuses 125 "bad --pool-size '16777216T': too large" \
	"$vmmalloc" run -s 16777216T true
refuses 125 "cannot make a pool in '$scratch/none': No such file or directory; \
choose a directory with --pool-dir" "$vmmalloc" run -d "$scratch/none" true
refuses 125 "cannot make a pool in '$scratch/text': not a directory; choose one \
with --pool-dir" "$vmmalloc" run -d "$scratch/text" true
refuses 125 "bad backend '../x': a name has only letters, digits and dashes; \
see 'vmmalloc backends'" "$vmmalloc" run -b ../x true
runs 125 "$vmmalloc" run -b none true
grep -q "^vmmalloc: no backend 'none' in $backends:.*; see 'vmmalloc backends'$" \
	"$scratch/err" || fail "other text for a backend that is not there"

# Invalid libraries.
refuses 125 "cannot find the library $scratch/none: No such file or directory; \
install libvmmalloc or set VMMALLOC_LIBRARY" \
	env "VMMALLOC_LIBRARY=$scratch/none" "$vmmalloc" run true
refuses 125 "cannot preload $scratch/text: not a shared library" \
	env "VMMALLOC_LIBRARY=$scratch/text" \
	"VMMALLOC_BACKEND_PATH=$backends" "$vmmalloc" run true
finish
