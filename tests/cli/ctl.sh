# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc ctl: each request is carried out, by each backend; a process that does
# not allocate is told of; and nobody may make requests of a process that he may
# not trace.
. "$TEST_SRCDIR/tests/cli/live.sh"


# A backend that cannot be asked at all times says so, and does what it can.
for backend in $TEST_BACKENDS; do
	VMMALLOC_BACKEND=$backend
	start "$backend" "$vmmalloc" run -- "$busy"
	runs 0 "$vmmalloc" ctl --timeout 60 "$pid" purge
	test $backend != native || test ! -s "$scratch/err" ||
		fail "native says: $(cat "$scratch/err")"
	runs 0 "$vmmalloc" ctl -t 60 "$pid" reset-peak
	runs 0 "$vmmalloc" ctl -t 60 "$pid" dump
	test "$(value pid)" = "$pid" || fail "$backend: no report"
	grep -q "\"name\": \"$backend\"" "$scratch/out" ||
		fail "$backend: the report has another name"
	test $backend != native || grep -q '"allocated": ' "$scratch/out" ||
		fail "the report of native has no blocks"
	refuses 1 "process $pid: it runs without VMMALLOC_PROFILE" \
		"$vmmalloc" ctl -t 60 "$pid" profile
	stop || fail "$backend: exit status $?"

	start "profiled-$backend" "$vmmalloc" run --profile=4K \
		--profile-file "$scratch/heap" -- "$busy"
	runs 0 "$vmmalloc" ctl -t 60 "$pid" profile
	runs 0 "$vmmalloc" ctl -t 60 "$pid" profile
	stop || fail "$backend, with a profile: exit status $?"
	for file in heap.1 heap.2; do
		runs 0 "$vmmalloc" profile "$scratch/$file"
	done
	rm -f "$scratch"/heap*
done
VMMALLOC_BACKEND=native

# The peak is that of what follows.
start peak "$vmmalloc" run -- "$busy"
runs 0 "$vmmalloc" ctl -t 60 "$pid" purge
runs 0 "$vmmalloc" ctl -t 60 "$pid" reset-peak
runs 0 "$vmmalloc" stat --json "$pid"
test "$(value committed_peak)" -ge "$(value committed)" || fail "a low peak"
stop

start idle "$vmmalloc" run -- "$busy" idle
refuses 1 "process $pid has not answered in 0 s: it allocates nothing, or its\
 heap has all the memory it needs; the request stays until it does" \
	"$vmmalloc" ctl --timeout 0 "$pid" purge
stop

refuses 1 "process $$: it does not use libvmmalloc 1.3 or later" \
	"$vmmalloc" ctl $$ purge
refuses 1 "process $pid: there is no such process" "$vmmalloc" ctl "$pid" purge
refuses 2 "ctl: no request 'x'; there are purge, reset-peak, dump and\
 profile" \
	"$vmmalloc" ctl $$ x
for wrong in '' "$$" "$$ purge purge" "x purge" "--timeout x $$ purge"; do
	# shellcheck disable=SC2086 # a list of words
	runs 2 "$vmmalloc" ctl $wrong
done

# Other users
test "$failures" = 0 || exit 1
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
test "$(id -u)" = 0 || skip "other users: needs root"
chmod 755 "$scratch"
$nobody "$vmmalloc" --version >/dev/null 2>&1 ||
	skip "other users: nobody may not execute $vmmalloc"
$nobody "$vmmalloc" run -- "$busy" </dev/null >/dev/null ||
	skip "other users: nobody may not execute $busy"

# kept_from WHAT COMMAND...: nobody can neither make a request nor read
kept_from()
{
	what=$1
	shift
	start "$what" "$@"
	runs 1 $nobody "$vmmalloc" ctl -t 0 "$pid" purge
	grep -q "^vmmalloc: process $pid: it may not be traced" \
		"$scratch/err" || fail "$what: $(cat "$scratch/err")"
	runs 1 $nobody "$vmmalloc" stat "$pid"
	test ! -s "$scratch/out" || fail "$what: nobody can read"
	stop
}
start own $nobody "$vmmalloc" run -- "$busy"
case $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null) in
'' | 0) runs 0 $nobody "$vmmalloc" ctl -t 60 "$pid" purge ;;
*) runs 1 $nobody "$vmmalloc" ctl -t 0 "$pid" purge ;;
esac
stop
kept_from root "$vmmalloc" run -- "$busy"
kept_from protected $nobody "$vmmalloc" run -- "$busy" protected
kept_from dropped "$vmmalloc" run -- "$busy" dropped
finish
