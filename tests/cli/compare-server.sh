# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare --load: a server is started, put under load once it is ready,
# and ended; numbers come from the load's output.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
log=$scratch/log
up=$scratch/up

# It is up a while after its start, and says so when it ends.
cat >"$scratch/server" <<END_SERVER
#!/bin/sh
trap 'rm "$up"; echo end >>"$log"; exit 0' TERM
echo "start \${VMMALLOC_BACKEND-system}" >>"$log"
sleep 0.1
echo \$\$ >"$up"
while :; do sleep 0.05; done
END_SERVER
chmod +x "$scratch/server" || exit 99

# compare OPTION...: of system and native, of the server
compare()
{
	: >"$log"
	rm -f "$up"
	env -u VMMALLOC_BACKEND "$vmmalloc" compare -b system,native \
		--ready "test -s '$up'" "$@" "$scratch/server"
}

runs 0 compare -n 1 --csv "$scratch/csv" -j "$scratch/json" -l "
	test -s '$up' || exit 1
	echo load >>'$log'
	printf 'rate 1 per s\\rrate 123.5 per s\\nlatency: 7 ms\\n'" \
	-m 'requests/s=^rate ([0-9.]+) per s$' --metric 'latency=latency: ([0-9]+)'
test "$(tr '\n' ' ' <"$log")" = 'start system load end start native load end '\
'start native load end start system load end ' ||
	fail "another order: $(cat "$log")"
grep -qE '^contender +cpu s +ratio +interval +requests/s +ratio +interval$' \
	"$scratch/out" || fail "no table of metrics: $(cat "$scratch/out")"
grep -qE '^native .* +123.5 +1.000 +-$' "$scratch/out" &&
	grep -qE '^native +7.000 +1.000 +-$' "$scratch/out" ||
	fail "another row: $(cat "$scratch/out")"
grep -q '^requests/s: 1 run of native is too few to tell; ' "$scratch/out" || fail "no sentence"
head -n 1 "$scratch/csv" | grep -q ',"requests/s","latency",exit_status' ||
	fail "no metrics in CSV: $(cat "$scratch/csv")"
grep -q '^ *"requests/s": 123.5,$' "$scratch/json" || fail "no metrics in JSON"
test ! -e "$up" || fail "the server is not ended"

# The time is that of the load, not of the server's start.
runs 0 compare -n 1 --load true --csv "$scratch/csv"
awk -F , 'NR > 1 && $4 >= 0.1' "$scratch/csv" | grep . &&
	fail "the server's start is measured"

# A line begins at its first character only, and what is behind the parentheses
# is no part of the number: of 123 the first digit counts.
runs 0 compare -n 1 --csv "$scratch/csv" -l 'echo 123' -m 'first=^([0-9])'
awk -F , 'NR > 1 && $(NF - 2) != 1' "$scratch/csv" | grep . &&
	fail "a line begins in its middle"

# Differences of a metric are told as such.
runs 0 compare -n 6 --warmup 0 --load "
	grep '^start' '$log' | tail -n 1 |
		sed 's/start native/rate 90/; s/start system/rate 100/'" \
	-m 'rate=^rate ([0-9]+)$'
grep -qx 'rate: native has 10 % less than system (10 to 10 %).' "$scratch/out" ||
	fail "no difference: $(cat "$scratch/out")"

# In a plan.
cat >"$scratch/plan" <<END_PLAN
[server]
command = '$scratch/server'
ready = test -s '$up'
load = echo 5
metric = five=([0-9])
[program]
command = echo program
END_PLAN
runs 0 "$vmmalloc" compare -n 1 -b system,native -p "$scratch/plan"
test "$(grep -c 'five' "$scratch/out")" = 2 ||
	fail "metrics of one workload in another: $(cat "$scratch/out")"

# The shell of a plan stands between; what the server itself uses counts.
if command -v python3 >"$scratch/which"; then
	cat >"$scratch/plan" <<END_PLAN
[python]
command = python3 -c 'import time; x = b"x" * (40 << 20); \
open("$up", "w").write("1"); time.sleep(600)'; true
ready = test -s '$up'
prepare = rm -f '$up'
load = true
END_PLAN
	runs 0 "$vmmalloc" compare -n 1 -b system,native -s 256M \
		-p "$scratch/plan" --csv "$scratch/csv"
	awk -F , 'NR > 1 && $8 < 40 * 1024 * 1024' "$scratch/csv" | grep . &&
		fail "memory of the server is lost: $(cat "$scratch/csv")"
fi

# What goes wrong ends the server as well.
runs 1 compare -n 1 --load 'echo why; exit 3'
grep -qx "vmmalloc: --load 'echo why; exit 3' fails: exit status 3" \
	"$scratch/err" || fail "a load that fails is not told"
grep -qx '  | why' "$scratch/err" || fail "what it said is not told"
test ! -e "$up" || fail "the server is not ended"
runs 1 compare -n 1 --load 'echo x' -m 'rate=rate ([0-9]+)'
grep -qx "vmmalloc: the load prints no metric 'rate'" "$scratch/err" ||
	fail "a metric that is not there is not told"
runs 1 "$vmmalloc" compare -n 1 --ready false --load true \
	sh -c 'echo because >&2; exit 1'
grep -qx "vmmalloc: the server 'sh' ends before the load" "$scratch/err" ||
	fail "a server that ends is not told: $(cat "$scratch/err")"
grep -qx '  | because' "$scratch/err" || fail "what it said is not told"

# A server that crashes when it is told to end has failed, although its load has
# not.
runs 1 "$vmmalloc" compare -n 1 -b system,native --ready "test -s '$up'" \
	--prepare "rm -f '$up'" -l true sh -c "
	trap 'test -z \"\$VMMALLOC_POOL_DIR\" || kill -SEGV \$\$; exit 0' TERM
	echo 1 >'$up'; while :; do sleep 0.05; done"
rm -f "$up"
grep -q "^vmmalloc: 'sh' fails under native: signal 11 (.*) instead of system's \
exit status 0$" "$scratch/err" || fail "a crash is not told: $(cat "$scratch/err")"

# A signal ends load and server.
: >"$log"
cases=$((cases + 1))
sh -c "echo \$\$ >'$scratch/pid'; exec '$vmmalloc' compare -b system \
	--ready \"test -s '$up'\" --load 'echo load >>\"$log\"; sleep 600' \
	'$scratch/server'" >"$scratch/out" 2>&1 &
tries=0
while ! grep -q load "$log" && test $tries -lt 300; do
	sleep 0.1
	tries=$((tries + 1))
done
server=$(cat "$up")
kill -TERM "$(cat "$scratch/pid")"
wait $!
status=$?
test $status = 143 || fail "exit status $status after a signal"
kill -0 "$server" 2>"$scratch/err" && fail "the server goes on after a signal"

refuses 2 "bad --metric 'x': not NAME=REGEX" \
	"$vmmalloc" compare -l true -m x true
refuses 2 "bad --metric 'x=y': the number must be in parentheses" \
	"$vmmalloc" compare -l true -m x=y true
refuses 2 "compare: --metric needs --load; see 'vmmalloc help compare'" \
	"$vmmalloc" compare -m 'x=(y)' true
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
