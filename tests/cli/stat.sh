# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc stat: the numbers of a process agree with those of its own report, in
# text, JSON and OpenMetrics; a file is replaced as a whole.
. "$TEST_SRCDIR/tests/cli/live.sh"

VMMALLOC_STATS_FILE=$scratch/report
export VMMALLOC_STATS_FILE
start idle "$vmmalloc" run -- "$busy" idle
runs 0 "$vmmalloc" stat "$pid"
head -n 1 "$scratch/out" |
	grep -q "^process $pid, busy: native [0-9.]*, for [0-9.]* s\$" ||
	fail "no such title: $(head -n 1 "$scratch/out")"
grep -q '^  places        ram: .* of 256 MiB$' "$scratch/out" ||
	fail "no places: $(cat "$scratch/out")"

runs 0 "$vmmalloc" stat --json "$pid"
test "$(value pid)" = "$pid" || fail "JSON has another pid"
test "$(value parent)" = $$ || fail "JSON has another parent"
test "$(value allocated)" = null || fail "an idle program has counted blocks"
test "$(value reserved)" = 268435456 || fail "JSON has another size"
cp "$scratch/out" "$scratch/json"
runs 0 "$vmmalloc" stat --openmetrics "$pid"
test "$(tail -n 1 "$scratch/out")" = "# EOF" || fail "no end of the metrics"
cp "$scratch/out" "$scratch/metrics"
stop
for name in committed committed_peak purged commit_calls; do
	cp "$scratch/json" "$scratch/out"
	seen=$(value $name)
	grep -q "\"$name\": ${seen}[,}]" "$scratch/report" ||
		fail "$name is $seen, and in the report otherwise"
done
labels="{pid=\"$pid\",name=\"busy\",backend=\"native\"}"
for metric in reserved_bytes:reserved committed_bytes:committed \
	purged_bytes_total:purged commit_calls_total:commit_calls; do
	seen=$(value "${metric#*:}")
	grep -qxF "vmmalloc_${metric%:*}$labels $seen" "$scratch/metrics" ||
		fail "no vmmalloc_${metric%:*} of $seen"
done

# The format is what readers of it accept.
if python3 -c 'import prometheus_client.openmetrics.parser' 2>/dev/null; then
	python3 -c '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
names = [f.name for f in text_string_to_metric_families(sys.stdin.read())]
assert len(names) == len(set(names)) == 13, names
' <"$scratch/metrics" || fail "these are no OpenMetrics"
fi

# A program that allocates has its blocks counted.
start busy "$vmmalloc" run -- "$busy"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	runs 0 "$vmmalloc" stat --json "$pid"
	test "$(value allocated)" = null || break
done
blocks=$(value allocated)
case $blocks in
*[!0-9]* | '') fail "blocks: $blocks" ;;
*) test "$blocks" -gt 4000000 || fail "blocks: $blocks" ;;
esac

# All processes; a file that is there is replaced, and nothing left behind.
mkdir "$scratch/textfile"
echo old >"$scratch/textfile/vmmalloc.prom"
runs 0 "$vmmalloc" stat -m -o "$scratch/textfile/vmmalloc.prom"
grep -q "^vmmalloc_committed_bytes{pid=\"$pid\"," \
	"$scratch/textfile/vmmalloc.prom" || fail "the file lacks the process"
test "$(ls "$scratch/textfile")" = vmmalloc.prom ||
	fail "left behind: $(ls "$scratch/textfile")"
test "$(stat -c %a "$scratch/textfile/vmmalloc.prom")" = 644 ||
	fail "the file has other rights"
stop

refuses 1 "process $pid: there is no such process" "$vmmalloc" stat "$pid"
refuses 1 "process $$: it does not use libvmmalloc 1.3 or later" \
	"$vmmalloc" stat $$
runs 1 "$vmmalloc" stat x
runs 1 "$vmmalloc" stat -m -o "$scratch/none/file"
test ! -e "$scratch/none" || fail "a rest"
runs 2 "$vmmalloc" stat --json --openmetrics
finish
