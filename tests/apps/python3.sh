# SPDX-License-Identifier: BSD-3-Clause
# python3, with every object from malloc: json, re, threads, subprocesses.
. "$TEST_SRCDIR/tests/lib.sh"

python=/usr/bin/python3
test -x $python || python=python3
need $python
PYTHONMALLOC=malloc PYTHONHASHSEED=0 exec $python -c '
import collections, hashlib, json, os, random, re, subprocess, sys, threading

rng = random.Random(1)
data = [{"id": i, "name": "item %d" % i,
         "values": [rng.random() for _ in range(i % 20)]}
        for i in range(6000)]
text = json.dumps(data)
assert json.loads(text) == data
print(hashlib.sha256(text.encode()).hexdigest())
print(len(re.findall(r"item \d*7\d*", text)))
print(collections.Counter(text).most_common(3))
results = {}

def work(k):
    results[k] = sum(len(str(x) * k) for x in range(20000))

threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results.items()))
big = bytearray(50 << 20)
big[-1] = 1
del big
print(subprocess.run(["echo", "from a subprocess"],
                     capture_output=True, text=True).stdout, end="")
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    data.clear()
    os._exit(len(json.loads(text)) % 256)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), len(data))
try:
    [0] * (1 << 40)
except MemoryError:
    print("MemoryError")
'
