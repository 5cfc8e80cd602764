# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc top: tables without a terminal, orders, trees; on a terminal the key q
# ends it and the cursor is shown again.
. "$TEST_SRCDIR/tests/cli/live.sh"

LC_ALL=C
export LC_ALL

start busy "$vmmalloc" run -- "$busy"
runs 0 "$vmmalloc" top "$pid"
sed -n 1p "$scratch/out" |
	grep -qx '1 process with libvmmalloc, [0-9.]* MiB committed' ||
	fail "no such title: $(cat "$scratch/out")"
sed -n 2p "$scratch/out" | grep -q '^    PID NAME  *BACKEND ' || fail "no head"
sed -n 3p "$scratch/out" | grep -q "^ *$pid busy  *native " ||
	fail "no process: $(cat "$scratch/out")"
test "$(wc -l <"$scratch/out")" = 3 || fail "one reading has more lines"

# From the second reading on there are rates, and a longer history.
runs 0 "$vmmalloc" top -n 3 -d 0.05 "$pid"
test "$(grep -c ' busy ' "$scratch/out")" = 3 || fail "not three readings"
grep ' busy ' "$scratch/out" | head -n 1 | grep -q '#  *-  *-  *0$' ||
	fail "the first reading has rates"
grep ' busy ' "$scratch/out" | tail -n 1 |
	grep -Eq ' [_.,=+*#-]{2}[#*+]  *[0-9.]+  *[0-9].*  0$' ||
	fail "no history: $(cat "$scratch/out")"
LC_ALL=C.UTF-8 "$vmmalloc" top "$pid" | grep -q ' busy .*█ ' ||
	fail "no blocks in UTF-8"

# A tree: this shell has the process, and init's other children do not.
runs 0 "$vmmalloc" top --tree $$
grep -q "^ *$pid busy" "$scratch/out" || fail "not in the tree of its parent"
runs 0 "$vmmalloc" top --tree "$pid"
grep -q "^ *$pid busy" "$scratch/out" || fail "not in its own tree"
sleep 30 &
other=$!
runs 0 "$vmmalloc" top --tree $other
! grep -q "^ *$pid busy" "$scratch/out" || fail "in the tree of another"
kill $other

# Orders
first=$pid
VMMALLOC_BACKEND=native "$vmmalloc" run -- "$busy" idle <"$scratch/busy.in" \
	>"$scratch/second" 3>&- &
second=$!
while ! grep -qs ready "$scratch/second"; do sleep 0.02; done
for order in committed peak blocks calls purged pid name; do
	runs 0 "$vmmalloc" top -n 2 -d 0.02 --sort $order "$first" "$second"
	test "$(grep -c ' busy ' "$scratch/out")" = 4 || fail "by $order: lost"
done
runs 0 "$vmmalloc" top --sort pid "$second" "$first"
test "$(awk '$2 == "busy" { print $1 }' "$scratch/out" | sort -n)" = \
	"$(awk '$2 == "busy" { print $1 }' "$scratch/out")" ||
	fail "not by pid"

# A terminal
if command -v script >/dev/null && command -v timeout >/dev/null; then
	(sleep 1; printf q) |
		TERM=xterm timeout 20 script -qec \
			"'$vmmalloc' top -d 0.1 $first" /dev/null \
			>"$scratch/screen" 2>&1
	test $? = 0 || fail "top on a terminal does not end with q"
	escape=$(printf '\033')
	grep -q "${escape}\\[?25l" "$scratch/screen" || fail "no screen"
	grep -q "${escape}\\[?25h" "$scratch/screen" || fail "no cursor again"
	test "$(grep -c " busy  *native " "$scratch/screen")" -ge 2 ||
		fail "top on a terminal reads only once"
fi
stop
wait "$second"

for wrong in --delay=0 --delay=x --count=0 --sort=size --tree=x; do
	runs 2 "$vmmalloc" top "$wrong"
done
runs 1 "$vmmalloc" top "$pid"
finish
