# SPDX-License-Identifier: BSD-3-Clause
"""Input for the real programs, the same in every run."""

import json
import os
import random
import shutil
import socket
import subprocess
import time


def scaled(count, scale):
    return max(1, int(count * scale))


def c_source(scale):
    """A translation unit of many functions, for the compiler."""
    rng = random.Random(1)
    lines = ["struct node { struct node *next; long key, value[4]; };"]
    for i in range(scaled(900, scale)):
        a, b, c, d = (rng.randrange(1, 1000) for _ in range(4))
        lines.append(f"""
static long
step{i}(struct node *n, long x)
{{
    long sum = {a}, i;

    for (; n != 0; n = n->next) {{
        for (i = 0; i < 4; i++) {{
            if (n->value[i] % {b} == x)
                sum += n->value[i] * {c};
            else
                n->value[(i + 1) & 3] ^= sum + {d};
        }}
        switch (n->key & 7) {{
        case 0: sum ^= x << 3; break;
        case 3: sum -= x * {d}; break;
        case 6: sum += n->next != 0 ? n->next->key : {b}; break;
        default: sum++;
        }}
    }}
    return sum;
}}

long
run{i}(struct node *n, long x)
{{
    return step{i}(n, x) + step{rng.randrange(i + 1)}(n, x ^ {a});
}}""")
    return "\n".join(lines) + "\n"


def git_history(scale):
    """Commits to forty files, for git fast-import."""
    rng = random.Random(2)
    files = [[f"line {k} of file {i}\n" for k in range(300)]
             for i in range(40)]
    for i in range(scaled(300, scale)):
        message = f"change {i}\n"
        yield (f"commit refs/heads/main\ncommitter n <e> {i} +0000\n"
               f"data {len(message)}\n{message}")
        for number in rng.sample(range(len(files)), 8):
            lines = files[number]
            for k in rng.sample(range(len(lines)), 20):
                lines[k] = f"line {k}, {rng.randrange(10000)} since {i}\n"
            text = "".join(lines)
            yield f"M 644 inline file{number}\ndata {len(text)}\n{text}\n"


def repository(directory, scale):
    """A repository with this history; its path."""
    path = os.path.join(directory, "repository")
    shutil.rmtree(path, ignore_errors=True)
    subprocess.run(["git", "init", "-q", "--bare", path], check=True)
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], text=True,
                   input="".join(git_history(scale)), check=True)
    return path


def json_rows(scale):
    """Records with tags and text, for jq."""
    return json.dumps([{"n": i, "tags": [f"t{i % 50}", f"u{i * 7919 % 5021}"],
                        "text": "x" * (i % 90)}
                       for i in range(scaled(60000, scale))])


JQ_PROGRAM = """
group_by(.tags[0])
| map({key: .[0].tags[0], value: (map(.n) | add), text: map(.text) | join("-")})
| map(select(.text | test("x-x")) | {(.key): (.text | length)}) | add
"""


def lua(scale):
    """Binary trees, strings and tables keyed by them."""
    return f"""
local function tree(depth)
  if depth == 0 then return {{}} end
  return {{tree(depth - 1), tree(depth - 1)}}
end
local function count(t)
  return t[1] and 1 + count(t[1]) + count(t[2]) or 1
end
local n = 0
for i = 1, {scaled(28, scale)} do n = n + count(tree(14)) end
local words, seed = {{}}, 42
for i = 1, {scaled(700000, scale)} do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local w = "w" .. seed % 60000
  words[w] = (words[w] or "") .. string.char(97 + i % 26)
end
local list = {{}}
for w, text in pairs(words) do list[#list + 1] = w .. text end
table.sort(list)
print(n, #list, #table.concat(list))
"""


def perl(scale):
    """Hashes of arrays, splitting, joining and sorting of text."""
    return f"""
use strict;
my ($seed, %words, $bytes) = (42);
for my $line (1 .. {scaled(60000, scale)}) {{
    my $text = join ' ', map {{
        $seed = ($seed * 1103515245 + 12345) % 2147483648;
        'w' . $seed % 20000
    }} 1 .. 12;
    push @{{$words{{$_}}}}, $line for split / /, $text;
    $bytes += length($text =~ s/(\\d+)/<$1>/gr);
}}
my @lines = map {{ "$_: " . join ',', @{{$words{{$_}}}} }} sort keys %words;
print scalar(@lines), " $bytes ", length(join "\\n", @lines), "\\n";
"""


def python(scale):
    """Records to and from JSON, objects, dictionaries, sorting."""
    return f"""
import json, random
rng = random.Random(42)
class Record:
    def __init__(self, key):
        self.key = key
        self.tags = ["t%d" % rng.randrange(500) for _ in range(6)]
        self.text = "x" * rng.randrange(200)
total = 0
for _ in range(4):
    records = [Record(i) for i in range({scaled(28000, scale)})]
    text = [json.dumps(r.__dict__) for r in records]
    index = {{}}
    for r in map(json.loads, text):
        for tag in r["tags"]:
            index.setdefault(tag, []).append(r["key"])
    records.sort(key=lambda r: r.text)
    total += sum(map(len, text)) + len(index)
print(total)
"""


def ruby(scale):
    """Objects, strings and hashes of arrays, with garbage collections."""
    return f"""
Record = Struct.new(:key, :tags, :text)
seed, total = 42, 0
3.times do
  index = Hash.new {{ |h, k| h[k] = [] }}
  records = (1..{scaled(40000, scale)}).map do |i|
    tags = (1..5).map do
      seed = (seed * 1103515245 + 12345) % 2147483648
      "t#{{seed % 900}}"
    end
    Record.new(i, tags, "x" * (seed % 200))
  end
  records.each {{ |r| r.tags.each {{ |t| index[t] << r.key }} }}
  words = records.map {{ |r| "#{{r.key}} #{{r.tags.join(' ')}} #{{r.text}}".split }}
  total += words.map {{ |w| w[0, 6].join("-").gsub(/t(\\d)/, '<\\1>').length }}.sum
  total += index.keys.sort.length
end
puts total
"""


def smt(scale):
    """Products of bit vectors to be factored, and sums with bounds, for z3."""
    rng = random.Random(3)
    lines = ["(set-logic QF_BV)"]
    for i in range(scaled(24, scale)):
        a, b = (rng.randrange(1 << 11, 1 << 12) | 1 for _ in range(2))
        lines.append(f"""(push)
(declare-const x (_ BitVec 28))
(declare-const y (_ BitVec 28))
(assert (= (bvmul x y) (_ bv{a * b} 28)))
(assert (bvult x (_ bv4096 28)))
(assert (bvult y (_ bv4096 28)))
(assert (bvugt x (_ bv1 28)))
(assert (bvuge y x))
(check-sat)
(pop)""")
    return "\n".join(lines) + "\n"


def sql(scale):
    """Rows, an index on text, aggregates, updates and deletions."""
    return f"""
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, n INTEGER, body TEXT);
CREATE INDEX t_name ON t(name);
WITH RECURSIVE c(i) AS (
  SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {scaled(220000, scale)})
INSERT INTO t SELECT i, 'name' || (i * 7919 % 50021), i * 31 % 1009,
  printf('%.*c', 20 + i % 180, 'x') FROM c;
SELECT count(*), sum(length(body)) FROM t;
SELECT n, count(*), max(name) FROM t GROUP BY n ORDER BY 2 DESC, 1 LIMIT 3;
SELECT count(*) FROM t a JOIN t b ON a.name = b.name WHERE a.id < b.id;
UPDATE t SET body = body || name WHERE id % 3 = 0;
DELETE FROM t WHERE id % 5 = 0;
SELECT count(*), length(group_concat(name)) FROM t;
"""


def redis(directory, scale, workload):
    """The server; redis-benchmark is timed, which runs with glibc's heap."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    address = ["-h", "127.0.0.1", "-p", port]
    cli = [shutil.which("redis-cli"), *address]

    def quietly(argv, **options):
        return subprocess.run(argv, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, **options)

    def client():
        deadline = time.monotonic() + 20
        while quietly(cli + ["ping"]).returncode != 0:
            if time.monotonic() > deadline:
                raise TimeoutError("redis-server does not answer")
            time.sleep(0.02)
        start = time.monotonic()
        for tests, size in ("set,get", 64), ("lpush,sadd,hset", 200), \
                ("set", 4000):
            quietly([shutil.which("redis-benchmark"), *address, "-q",
                     "-n", str(scaled(100000, scale)), "-r", "100000", "-P",
                     "16", "-c", "20", "-d", str(size), "-t", tests],
                    check=True)
        wall = time.monotonic() - start
        quietly(cli + ["shutdown", "nosave"])
        return wall

    return workload("redis", "real",
                    [shutil.which("redis-server"), "--bind", "127.0.0.1",
                     "--port", port, "--save", "", "--dir", directory],
                    client=client)
