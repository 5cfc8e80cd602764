# SPDX-License-Identifier: BSD-3-Clause
# python3 under limits that a service manager sets and that its use stays far
# below: it forks, starts threads and other programs.
. "$TEST_SRCDIR/tests/lib.sh"

python=/usr/bin/python3
test -x $python || python=python3
need $python prlimit
cat >program.py <<'END'
import os
import subprocess
import sys
import threading

data = ["item %d" % i for i in range(30000)]
results = []
for i in range(2):
    pid = os.fork()
    if pid == 0:
        data.clear()
        more = bytearray(30 << 20)
        os._exit(more.count(0) >> 20)
    thread = threading.Thread(target=lambda: results.append(len(data)))
    thread.start()
    thread.join()
    results.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    results.append(subprocess.run(["sh", "-c", "exit 3"]).returncode)
print(sys.argv[1], results, bytearray(50 << 20).count(0))
END
for limit in --data=600000000 --fsize=50000000 --core=0 --nofile=64 \
	--memlock=65536; do
	PYTHONMALLOC=malloc prlimit $limit $python program.py "$limit"
	echo "exit status $?"
done
