# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: what it writes to files and to a terminal, and when it is
# interrupted. The page of HTML is also loaded in Chromium, if there is one.
. "$TEST_SRCDIR/tests/cli/common.sh"

need python3
TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
label='<b>"1|2",&x'

runs 0 "$vmmalloc" compare -n 6 -b system,native -w "$label=system" \
	--csv "$scratch/csv" --markdown "$scratch/md" -r "$scratch/page.html" \
	-j "$scratch/json" -- expr 'a & <b>' : '.*'
cp "$scratch/out" "$scratch/text" || exit 99
cat >"$scratch/check.py" <<'END_PYTHON'
import csv, html.parser, json, re, sys
text = " ".join(open(sys.argv[1]).read().split())
label = sys.argv[2]
names = ["system", "native", label]
report = json.load(open("json"))
assert [c["name"] for c in report["contenders"]] == names
assert report["machine"]["kernel"] and report["machine"]["vmmalloc"]

rows = list(csv.DictReader(open("csv", newline="")))
assert [(r["contender"], r["run"]) for r in rows] == [
    (name, str(i)) for name in names for i in range(1, 7)]
assert {r["workload"] for r in rows} == {"expr a & <b> : .*"}
for row, run in zip(rows, report["runs"]):
    assert abs(float(row["wall_s"]) - run["wall_s"]) < 1e-5
    assert int(row["peak_bytes"]) == run["peak_bytes"]
    assert (row["pool_peak_bytes"] == "") == (run["pool_peak_bytes"] is None)
    assert row["exit_status"] == "0" and row["signal"] == ""

lines = open("md").read().splitlines()
table = [line for line in lines if line.startswith("|")]
bare = [re.sub(r"\\.", "", line) for line in table]
assert len(table) == 5 and len({line.count("|") for line in bare}) == 1, table
for key in "time_summary", "memory_summary", "cpu_summary":
    assert report[key] in text, (report[key], text)
    plain = [re.sub(r"\\(.)", r"\1", line) for line in lines]
    assert "- " + report[key] in plain, lines


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.count, self.words = [], set(), {}, []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in ("meta", "line", "circle", "polyline"):
            self.open.append(tag)
        self.ids |= {attrs.get("id"), attrs.get("class")}
        assert not {"src", "href", "onload", "style"} & set(attrs), attrs
        assert tag not in ("script", "link", "img"), tag
        for name in [tag, *attrs.get("class", "").split()]:
            self.count[name] = self.count.get(name, 0) + 1

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in ("line", "circle", "polyline"):
            return
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words.append(data)


source = open("page.html").read()
assert "http" not in source and "@import" not in source and "url(" not in source
page = Page()
page.feed(source)
page.close()
assert page.open == [], page.open
assert {"time", "memory", "series", "faults", "contenders", "machine",
        "command", "cpu"} <= page.ids
words = " ".join("".join(page.words).replace("\xa0", " ").split())
assert report["time_summary"] in words and report["memory_summary"] in words
assert "'a & <b>' : '.*'" in words and label in words, words
# time, peak, processor time and faults of 18 runs, and 6 pools; two ratios of each
assert page.count["run"] == 78, page.count
assert page.count["real"] + page.count.get("open", 0) == 6 if \
    "real" in page.count else page.count["open"] == 6, page.count
END_PYTHON
(cd "$scratch" && python3 check.py text "$label") || fail "other files"

# A program that allocates in two steps: memory over time has both, and measured
# runs are not sampled.
cat >"$scratch/steps.py" <<'END_PYTHON'
import time
a = b"x" * (20 << 20)
time.sleep(0.1)
b = b"x" * (40 << 20)
time.sleep(0.1)
END_PYTHON
runs 0 "$vmmalloc" compare -n 1 -b system,native -j "$scratch/json" \
	-s 256M -r "$scratch/page.html" python3 "$scratch/steps.py"
python3 - "$scratch" <<'END_PYTHON' || fail "other memory over time"
import json, sys
report = json.load(open(sys.argv[1] + "/json"))
for contender, run in zip(report["contenders"], report["runs"]):
    series = contender["memory_over_time"]
    assert 3 <= len(series) <= 256, series
    assert series == sorted(series, key=lambda p: p[0]), series
    sizes = [size >> 20 for _, size in series]
    assert any(20 <= size < 60 for size in sizes), sizes
    assert 60 <= max(sizes) < 90, sizes
    for key in "instructions", "cache_misses", "tlb_misses":
        assert run[key] is None or run[key] > 0, run
page = open(sys.argv[1] + "/page.html").read()
assert page.count('<polyline class="course') == 2
END_PYTHON

browser=$(command -v chromium || command -v chromium-browser)
if test -n "$browser"; then
	HOME=$TMPDIR "$browser" --headless=new --no-sandbox --disable-gpu \
		--dump-dom "file://$scratch/page.html" >"$scratch/dom" 2>"$scratch/err"
	rm -rf "$TMPDIR" && mkdir "$TMPDIR" || exit 99
	test "$(grep -o '<circle class="run' "$scratch/dom" | wc -l)" = 9 ||
		fail "Chromium shows no dots: $(head -c 400 "$scratch/dom")"
	test "$(grep -o '<svg ' "$scratch/dom" | wc -l)" = 9 ||
		fail "Chromium shows other pictures"
else
	echo "left out: there is no chromium"
fi

# What would mean something in Markdown does not, in a sentence on noise either.
runs 0 "$vmmalloc" compare -n 6 -w 'a*b*=system' --markdown "$scratch/md" \
	--warmup 0 -r "$scratch/page.html" sh -c \
	"echo >>'$scratch/n'; test \$((\$(wc -l <'$scratch/n') % 2)) = 0 || sleep 0.1"
grep -qF 'The times of a\*b\* spread by' "$scratch/md" ||
	fail "not escaped: $(cat "$scratch/md")"
grep -q 'No warm-up run was long enough\.' "$scratch/page.html" ||
	fail "nothing is told of memory over time"

# To stdout: nothing else is there.
runs 0 "$vmmalloc" compare -n 1 -b system -j - true
python3 -c 'import json, sys; json.load(sys.stdin)' <"$scratch/out" ||
	fail "no JSON on stdout"
refuses 1 "cannot write '/nowhere/x': No such file or directory; choose another \
file with --csv" "$vmmalloc" compare --csv /nowhere/x true

# On a terminal: progress, bold sentences unless NO_COLOR is set, and after Ctrl-C
# a report of what there is.
cat >"$scratch/terminal.py" <<'END_PYTHON'
import os, pty, signal, sys
vmmalloc, csv = sys.argv[1:]


def run(*arguments, until=None, **more):
    """All output; Ctrl-C is typed once it contains until."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", **more)
        # a shell ignores it in what it runs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(vmmalloc, [vmmalloc, "compare", "-b", "system,native",
                            *arguments])
    output = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        output += part
        if until is not None and until in output:
            os.write(terminal, b"\x03")
            until = None
    return output.decode(), os.waitpid(pid, 0)[1]


output, status = run("-n", "6", "true")
assert status == 0, output
assert "native: run 6 of 6, 0 s left" in output, repr(output)
assert "system: warm-up" in output, repr(output)
assert "\x1b[1mTime: " in output, repr(output)
output, status = run("-n", "2", "true", NO_COLOR="1")
assert "\x1b[1m" not in output and "Time: 2 runs" in output, repr(output)
plan = csv + ".plan"
open(plan, "w").write("[first]\ncommand = true\n[second]\ncommand = true\n")
output, status = run("-n", "2", "-p", plan)
assert "second, native: run 2 of 2, 0 s left" in output, repr(output)
output, status = run("--until", "0.001", "--max-time", "100", "true",
                     until=b"native: run 9, ")
assert "s left" in output or ":" in output, repr(output)
output, status = run("-n", "500", "--csv", csv, "sleep", "0.02",
                     until=b"run 8 of 500")
assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, status
assert "runs of each show" in output, repr(output)
assert "\r\nnative " in output and "Memory: " in output, repr(output)
names = [line.split(",")[1] for line in open(csv)][1:]
assert names.count('"system"') == names.count('"native"') >= 7, names
END_PYTHON
python3 "$scratch/terminal.py" "$vmmalloc" "$scratch/csv" ||
	fail "other output on a terminal"
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
