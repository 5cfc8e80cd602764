# SPDX-License-Identifier: BSD-3-Clause
# memcached with four threads and little memory: values of all sizes by four
# clients, of which each one is read again; items of the largest class, eviction.
. "$TEST_SRCDIR/tests/apps/common.sh"

need memcached python3
start memcached -s "$PWD/socket" -u "$(id -un)" -t 4 -m 64 -o slab_reassign
await test -S socket
cat >client.py <<'EOF'
import hashlib
import socket
import sys
import threading

failed = []
digests = {}


def client(number):
    link = socket.socket(socket.AF_UNIX)
    link.connect("socket")
    stream = link.makefile("rwb")
    digest = hashlib.sha256()
    for i in range(1500):
        key = b"%d:%d" % (number, i % 300)
        value = key * (1 + i * 7919 % 400)
        stream.write(b"set %s 0 0 %d\r\n%s\r\nget %s\r\n"
                     % (key, len(value), value, key))
        stream.flush()
        answer = stream.readline()
        if answer != b"STORED\r\n":
            failed.append(answer)
            return
        stream.readline()
        answer = stream.readline()
        if answer != value + b"\r\n" or stream.readline() != b"END\r\n":
            failed.append(key)
            return
        digest.update(answer)
    digests[number] = digest.hexdigest()


threads = [threading.Thread(target=client, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed, sorted(digests.items()))
link = socket.socket(socket.AF_UNIX)
link.connect("socket")
stream = link.makefile("rwb")
stored = {}
for i in range(150):
    stream.write(b"set large:%d 0 0 900000\r\n%s\r\n" % (i, b"%06d" % i * 150000))
    stream.flush()
    answer = stream.readline()
    stored[answer] = stored.get(answer, 0) + 1
print(stored)
stream.write(b"get large:149\r\n")
stream.flush()
stream.readline()
print(hashlib.sha256(stream.readline()).hexdigest())
stream.readline()
stream.write(b"stats\r\n")
stream.flush()
for line in iter(stream.readline, b"END\r\n"):
    if line.split()[1] in (b"threads", b"cmd_set", b"limit_maxbytes"):
        print(line.decode().strip())
    if line.split()[1] == b"evictions":
        print("evicted:", int(line.split()[2]) > 0)
EOF
python3 client.py
stop
