# SPDX-License-Identifier: BSD-3-Clause
# Protection against other users and broken programs: the pool file cannot be
# reached, the table of functions cannot be written, and a set-user-ID program
# takes no path and no plugin from its environment.
. "$TEST_SRCDIR/tests/lib.sh"

# not in /tmp, which may be mounted nosuid
make_scratch "$TEST_BUILDDIR"
mkdir "$scratch/plugins" || exit 99
chmod 755 "$scratch" "$scratch/plugins"
chmod 777 "$pool"

good="VMMALLOC_POOL_DIR=$pool VMMALLOC_POOL_SIZE=64M VMMALLOC_BACKEND=native"
good="$good VMMALLOC_BACKEND_PATH=$TEST_BUILDDIR/backends/.libs"

# run COMMAND...: with its memory in the pool
run()
{
	env $good LD_PRELOAD="$library" "$@"
}

# The pool file, as seen by the process itself.
pool_fd=
for fd in $(run ls /proc/self/fd); do
	case $(run readlink "/proc/self/fd/$fd") in
	"$pool"/*) pool_fd=$fd ;;
	esac
done
if test -z "$pool_fd"; then
	fail "no descriptor of the pool file"
else
	test "$pool_fd" -gt 100 || fail "the descriptor is low: $pool_fd"
	text=$(run stat -L -c '%a %h %s' "/proc/self/fd/$pool_fd")
	test "$text" = "600 0 67108864" ||
		fail "mode, links, size of the pool file: $text"
	run cat "/proc/self/fdinfo/$pool_fd" |
		grep -q '^flags:[[:space:]]*0[0-7]*2[0-7]\{6\}$' ||
		fail "the descriptor is not close-on-exec"
fi
(umask 0 && test "$(run stat -L -c %a "/proc/self/fd/$pool_fd")" = 600) ||
	fail "the mode depends on the umask"

# The live table is in pages that are read-only.
offset=$($TEST_NM "$library" | awk '$NF == "vmm_ops_page" { print $1 }')
if test -z "$offset"; then
	echo "the library is stripped: its table is not looked for"
else
	run cat /proc/self/maps >"$scratch/maps"
	base=$(sed -n "s,-.* $(realpath "$library")\$,,p" "$scratch/maps" |
		head -n 1)
	table=$((0x$base + 0x$offset))
	rights=$(sed 's/-/ /' "$scratch/maps" |
		while read -r start end rights rest; do
			test $((0x$start)) -le $table &&
				test $table -lt $((0x$end)) &&
				echo "$rights"
		done)
	test "$rights" = r--p || fail "the table's page is $rights"
fi

# No other pointer to code is writable either.
if test -n "$offset"; then
	run "$TEST_BUILDDIR/tests/safety/code-pointers" >"$scratch/pointers" ||
		fail "tests/safety/code-pointers: exit status $?"
	$TEST_NM --defined-only -S "$library" |
		awk 'NF == 4 { print $1, $2, $4 }' >"$scratch/symbols"
	while read -r at; do
		while read -r start size name; do
			test $((0x$at)) -ge $((0x$start)) &&
				test $((0x$at)) -lt $((0x$start + 0x$size)) &&
				echo "$name"
		done <"$scratch/symbols" | grep . || echo "unknown at $at"
	done <"$scratch/pointers" | sort -u |
		grep . >"$scratch/names" &&
		fail "pointers to code that can be written: $(cat "$scratch/names")"
fi

# A linked program does not need LD_PRELOAD.
linked=$TEST_BUILDDIR/tests/safety/linked
test "$(env $good "$linked")" = pool ||
	fail "a program that is linked with the library does not use the pool"

test "$failures" = 0 || exit 1

# Programs that gain rights when they start: set-user-ID, set-group-ID, and with
# capabilities
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
test "$(id -u)" = 0 || skip "the set-user-ID program: needs root"
$nobody test -r "$library" -a -x "$linked" -a -x "$scratch" 2>/dev/null ||
	skip "the set-user-ID program: nobody may not read $library"
cp "$(command -v id)" "$scratch/id"
cp "$linked" "$scratch/plain"
for kind in user group capable; do
	cp "$linked" "$scratch/$kind"
done
chown 1 "$scratch/id" "$scratch/user"
chgrp 1 "$scratch/group"
chmod 755 "$scratch/plain" "$scratch/capable"
chmod 4755 "$scratch/id" "$scratch/user"
chmod 2755 "$scratch/group"
PATH=$PATH:/usr/sbin:/sbin
kinds='user group'
if setcap cap_net_raw+ep "$scratch/capable" 2>/dev/null; then
	kinds="$kinds capable"
else
	echo "not tried, setcap does not work here: a program with capabilities"
fi
test "$($nobody "$scratch/id" -u)" = 1 ||
	skip "the set-user-ID program: $scratch is mounted nosuid"

# a plugin that leaves a mark when it is loaded
cat >"$scratch/plugin.c" <<END
#include <fcntl.h>
__attribute__((constructor)) static void
mark(void)
{
	open("$pool/mark", O_WRONLY | O_CREAT, 0666);
}
END
$TEST_CC -shared -fPIC -o "$scratch/plugins/evil.so" "$scratch/plugin.c" ||
	exit 99

test "$($nobody env $good "$scratch/plain" 2>&1)" = pool ||
	fail "without the bit the program does not run"
evil="VMMALLOC_BACKEND=evil VMMALLOC_BACKEND_PATH=$scratch/plugins"
evil="$evil VMMALLOC_STATS_FILE=$pool/stats"
$nobody env $good $evil "$scratch/plain" >/dev/null 2>&1
test -e "$pool/mark" || fail "without the bit the plugin is not loaded"
rm -f "$pool/mark"

for command in "$good" "$good $evil"; do
	for kind in $kinds; do
		$nobody env $command "$scratch/$kind" >"$scratch/out" 2>"$scratch/err"
		test $? = 127 || fail "a program runs that is set ($kind): $command"
		echo "Error (libvmmalloc): environment variable VMMALLOC_POOL_DIR" \
			"not specified" | cmp -s - "$scratch/err" ||
			fail "other text: $(cat "$scratch/err")"
		test ! -s "$scratch/out" || fail "output on stdout"
		test -z "$(ls -A "$pool")" || fail "it made $(ls -A "$pool")"
	done
done
finish
