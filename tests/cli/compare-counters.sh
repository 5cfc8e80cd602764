# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: hardware counters, which few virtual machines have. A library
# that is preloaded into vmmalloc answers perf_event_open(2) in place of the
# kernel: with a file of three numbers, as read(2) of an event gives them, which
# the command that is measured writes.
. "$TEST_SRCDIR/tests/cli/common.sh"

need python3
TMPDIR=$scratch/tmp
events=$scratch/events
mkdir "$TMPDIR" "$events" "$scratch/system" "$scratch/native" || exit 99
export TMPDIR

cat >"$scratch/shim.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

static long
open_event(const struct perf_event_attr *attr)
{
	const char *error = getenv("TEST_EVENT_ERROR");
	char path[4096];

	if (error != NULL) {
		errno = atoi(error);
		return -1;
	}
	snprintf(path, sizeof(path), "%s/%u-%llx", getenv("TEST_EVENTS"),
		attr->type, (unsigned long long)attr->config);
	if (attr->exclude_kernel != 1 || attr->inherit != 1 ||
		attr->enable_on_exec != 1 || attr->read_format != 3)
		abort();
	return open(path, O_RDONLY | O_CLOEXEC); /* ENOENT: no such event */
}

long
syscall(long number, ...)
{
	long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_perf_event_open)
		return open_event((const struct perf_event_attr *)a[0]);
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
END
$TEST_CC -O -shared -fPIC -o "$scratch/shim.so" "$scratch/shim.c" -ldl || exit 99

# event CONTENDER NAME COUNT ENABLED RUNNING: what a run of it counts
event()
{
	python3 -c 'import struct, sys
open(sys.argv[1], "wb").write(struct.pack("3Q", *map(int, sys.argv[2:])))' \
		"$scratch/$1/$2" "$3" "$4" "$5" || exit 99
	cp "$scratch/$1/$2" "$events/$2"
}
instructions=0-1
cache_misses=0-3
tlb_misses=3-10003
# counted OPTION...: compares with these counters
counted()
{
	# shellcheck disable=SC2086 # of several words at the end
	env LD_PRELOAD="$scratch/shim.so" TEST_EVENTS="$events" $vmmalloc \
		compare -n 2 -b system,native "$@" -- sh -c \
		"cp '$scratch'/\${VMMALLOC_BACKEND:-system}/* '$events'"
}
unset VMMALLOC_BACKEND
# row CONTENDER TEXT: the table of counters has it
row()
{
	awk '/^contender +instr/ { on = 1; next } on' "$scratch/out" |
		grep -qx "$1 *$2" ||
		fail "no row '$1 $2' in: $(cat "$scratch/out")"
}

# A counter that ran all the time, one that shared the hardware and ran for a
# fourth of it, and a small number.
event system $instructions 1500000000 1000 1000
event system $cache_misses 2500000 1000 250
event system $tlb_misses 1234 1000 1000
event native $instructions 1200000000 1000 1000
event native $cache_misses 500000 1000 250
event native $tlb_misses 120000 1000 1000
runs 0 counted -j "$scratch/json" --csv "$scratch/csv" \
	--markdown "$scratch/md" -r "$scratch/page.html"
test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
row 'system' '1500 *10.000 *0.0012'
row 'native' '1200 *2.000 *0.120'
grep -qi 'no hardware counters' "$scratch/out" && fail "there are counters"
python3 - "$scratch" <<'END_PYTHON' || fail "other files"
import csv, json, re, sys
scratch = sys.argv[1]
report = json.load(open(scratch + "/json"))
wanted = {"system": (1500000000, 10000000, 1234),
          "native": (1200000000, 2000000, 120000)}
keys = "instructions", "cache_misses", "tlb_misses"
for run in report["runs"]:
    assert tuple(run[key] for key in keys) == wanted[run["contender"]], run
assert report["machine"]["hardware_counters"] == (
    "instructions, cache misses, TLB misses"), report["machine"]
for row in csv.DictReader(open(scratch + "/csv", newline="")):
    assert tuple(int(row[key]) for key in keys) == wanted[row["contender"]], row
table = [line for line in open(scratch + "/md") if line.startswith("|")]
assert "| instructions M | cache misses M | TLB misses M |" in table[0], table
assert table[2].endswith("| 1500 | 10.000 | 0.0012 |\n"), table
page = open(scratch + "/page.html").read()
section = re.search('<section class="counters">.*?</section>', page, re.S)[0]
for text in "<td>1500</td><td>10.000</td><td>0.0012</td>", "instructions M":
    assert text in section, (text, section)
# three pictures of two runs of two contenders
assert section.count("<svg ") == 3 and section.count('class="run ') == 12
END_PYTHON

# A machine that lacks instructions, and a counter that never ran.
rm "$scratch/system/$instructions" "$scratch/native/$instructions" \
	"$events/$instructions"
event system $tlb_misses 0 1000 0
event native $tlb_misses 0 1000 0
runs 0 counted -j "$scratch/json" -r "$scratch/page.html"
row 'system' '- *10.000 *-'
row 'native' '- *2.000 *-'
python3 - "$scratch" <<'END_PYTHON' || fail "other files without a counter"
import json, re, sys
scratch = sys.argv[1]
report = json.load(open(scratch + "/json"))
for run in report["runs"]:
    assert run["instructions"] is None and run["tlb_misses"] is None, run
    assert run["cache_misses"] in (10000000, 2000000), run
assert report["machine"]["hardware_counters"] == "cache misses, TLB misses"
page = open(scratch + "/page.html").read()
section = re.search('<section class="counters">.*?</section>', page, re.S)[0]
assert "<td>-</td><td>10.000</td><td>-</td>" in section, section
assert section.count("<svg ") == 1, section
END_PYTHON

# None: nothing is said but in the description of the machine. If they are
# there but not permitted, the report says how to get them.
rm "$events"/* "$scratch"/system/* "$scratch"/native/*
touch "$scratch/system/none" "$scratch/native/none"
runs 0 counted -j "$scratch/json" -r "$scratch/page.html"
grep -qi 'instructions' "$scratch/out" && fail "counters that are not there"
grep -q '"hardware_counters": "none"' "$scratch/json" ||
	fail "the machine is not described"
grep -q 'class="counters"' "$scratch/page.html" && fail "a section without any"
# refused ERROR TEXT: it is told after the sentences, and in all words on the page
refused()
{
	TEST_EVENT_ERROR=$(python3 -c "import errno; print(errno.$1)")
	export TEST_EVENT_ERROR
	runs 0 counted -r "$scratch/page.html"
	tr '\n' ' ' <"$scratch/out" | grep -q " No hardware counters: $2\. $" ||
		fail "$1 is not told: $(cat "$scratch/out")"
	awk 'length > 80 || / $/' "$scratch/out" | grep . && fail "a long line"
	grep -q "<td>none: $2</td>" "$scratch/page.html" ||
		fail "$1 is not on the page"
}
if test "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2; then
	refused EPERM 'perf_event_open(2) is not permitted; change the sandbox '\
'or container of this process'
fi
# As on a machine with this setting.
echo 3 >"$scratch/paranoid"
if unshare -rm mount --bind "$scratch/paranoid" \
	/proc/sys/kernel/perf_event_paranoid 2>"$scratch/err"; then
	vmmalloc_here=$vmmalloc
	cat >"$scratch/vmmalloc" <<END
#!/bin/sh
unset LD_PRELOAD
mount --bind "$scratch/paranoid" /proc/sys/kernel/perf_event_paranoid &&
	LD_PRELOAD=$scratch/shim.so exec "$vmmalloc_here" "\$@"
END
	chmod +x "$scratch/vmmalloc" || exit 99
	vmmalloc="unshare -rm $scratch/vmmalloc"
	refused EACCES 'the kernel does not permit them '\
'(kernel.perf_event_paranoid is 3); set it to 2 or less, or run as root'
else
	echo "left out: no other setting can be mounted: $(cat "$scratch/err")"
fi
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
