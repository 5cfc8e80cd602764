# SPDX-License-Identifier: BSD-3-Clause
# How far other processes reach into the heap of a running one through /proc:
# those of another user not at all; those of the same user as SECURITY says, and
# not at all if the program is not dumpable.
. "$TEST_SRCDIR/tests/lib.sh"

test "$(id -u)" = 0 || skip "needs root, to be other users"
hold=$TEST_BUILDDIR/tests/safety/hold
owner="setpriv --reuid 1 --regid 1 --clear-groups"
other="setpriv --reuid 65534 --regid 65534 --clear-groups"
make_scratch
chmod 755 "$scratch"
chmod 777 "$pool"
$owner test -r "$library" -a -x "$hold" -a -x "$scratch" 2>/dev/null ||
	skip "other users may not run $hold"
mkfifo "$scratch/in" "$scratch/ready" || exit 99

# Starts the program, and sets $pid and $pool_fd.
start()
{
	under=$owner
	preload native 64M "$hold" "$@" <"$scratch/in" >"$scratch/ready" &
	started=$!
	exec 9>"$scratch/in"
	read -r pid <"$scratch/ready" || die "the program does not start"
	pool_fd=
	for fd in /proc/"$pid"/fd/*; do
		case $(readlink "$fd") in
		"$pool"/*) pool_fd=$fd ;;
		esac
	done
	test -n "$pool_fd" || die "no descriptor of the pool's file"
}

stop()
{
	exec 9>&-
	wait "$started" || fail "$*: the heap was changed: exit status $?"
}

# The ways in, each as a command that succeeds if it can be opened.
reaches()
{
	"$@" sh -c ': <"$0"' "$pool_fd" 2>/dev/null && echo read
	"$@" sh -c ': >>"$0"' "$pool_fd" 2>/dev/null && echo write
	"$@" sh -c ': <"$0"' "/proc/$pid/mem" 2>/dev/null && echo mem
	"$@" sh -c 'head -c 1 "$0"' "/proc/$pid/maps" 2>/dev/null |
		grep -q . && echo maps
	"$@" sh -c 'ls "$0"' "/proc/$pid/map_files" 2>/dev/null |
		grep -q . && echo map_files
}

start
cases=1
test -z "$(reaches $other)" ||
	fail "another user reaches: $(reaches $other)"
# if this fails, SECURITY says too much
for way in read write; do
	reaches $owner | grep -qx $way ||
		fail "the same user cannot $way: SECURITY says otherwise"
done
$other ls "$pool" | grep . && fail "the file has a name"
stop "another user"

start --not-dumpable
cases=2
test -z "$(reaches $other)$(reaches $owner)" ||
	fail "not dumpable, but reached: $(reaches $owner)"
stop "not dumpable"
finish
