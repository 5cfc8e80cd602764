# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc doctor: set-ups that are wrong in different ways, a running process,
# JSON, and the table of findings in doc/troubleshooting.md.
. "$TEST_SRCDIR/tests/cli/common.sh"
. "$TEST_SRCDIR/tests/cli/wrong.sh"

usage="see 'vmmalloc help doctor'"

# shows RESULT NAME [TEXT]: the last output has this finding, on whatever lines.
shows()
{
	awk '/^ / { sub(/^ */, " "); printf "%s", $0; next }
		{ printf "\n%s", $0 }' "$scratch/out" >"$scratch/flat"
	grep -qE "^$1 +$2 +.*${3-}" "$scratch/flat" || {
		fail "no '$1 $2 ${3-}' from: $last"
		cat "$scratch/out"
	}
}

# doctor STATUS OPTION...
doctor()
{
	wanted_status=$1
	shift
	last="doctor $*"
	runs "$wanted_status" "$vmmalloc" doctor "$@"
	test ! -s "$scratch/err" || fail "$last says: $(cat "$scratch/err")"
}

# A set-up that works, with a program and without.
doctor 0
for name in directory mapping pool-size library backend start versions; do
	shows ok $name
done
grep -qE '^0 errors, [0-9]+ warnings?$' "$scratch/out" || fail "no last line"
grep -q '^error' "$scratch/out" && fail "an error in a set-up that works"
awk 'length > 80' "$scratch/out" | grep -v "$scratch" | grep . &&
	fail "long lines"
doctor 0 -- sh -c 'exit 3'
for name in program preload sanitizer own-malloc; do
	shows ok $name
done

# Six set-ups that are wrong in six ways, which scripts/gallery shows as well.
mkdir "$scratch/wrong" && (cd "$scratch/wrong" &&
	make_wrong "$TEST_SRCDIR" "$TEST_CC") || exit 99
echo "$wrong_setups" | grep . >"$scratch/setups"
while IFS='|' read -r finding text line; do
	last=$line
	runs 1 doctor_wrong "$scratch/wrong" "$vmmalloc" "$line"
	shows error "$finding" "$text"
	grep -q '^ *Remedy:' "$scratch/out" || fail "no remedy from: $line"
done <"$scratch/setups"
test "$(cut -d '|' -f 1 "$scratch/setups" | sort -u | wc -l)" -ge 6 ||
	fail "fewer than six ways to be wrong"

# Directories and sizes.
echo text >"$scratch/text"
doctor 1 --pool-dir "$scratch/text"
shows error directory 'not a directory'
mkdir "$scratch/closed" && chmod 555 "$scratch/closed" || exit 99
if ! touch "$scratch/closed/file" 2>"$scratch/err"; then
	doctor 1 --pool-dir "$scratch/closed"
	shows error directory 'not writable'
fi
doctor 1 --pool-dir /proc
shows error directory
doctor 1 --pool-size ten
shows error pool-size 'not a number of bytes'
doctor 1 --pool-size 4000000T
shows error pool-size 'only [0-9]* bytes|too large'
free_kib=$(df -Pk "$pool" | awk 'NR == 2 { print $4 }')
total_kib=$(df -Pk "$pool" | awk 'NR == 2 { print $2 }')
if test $((total_kib - free_kib)) -gt 65536; then
	doctor 0 --pool-size $((total_kib - 32768))K
	shows warning free-room
	runs 1 env VMMALLOC_PREALLOC=1 "$vmmalloc" doctor \
		--pool-size $((total_kib - 32768))K
	shows error free-room VMMALLOC_PREALLOC
fi

# A pool in memory: it has huge pages, and no file.
doctor 0 --pool-dir ram
shows '(ok|warning)' huge-pages
grep -q 'file-size' "$scratch/out" && fail "a limit on a file that is not there"
last='doctor without huge pages'
runs 0 env VMMALLOC_HUGE_PAGES=0 "$vmmalloc" doctor --pool-dir ram
shows ok huge-pages 'not wanted'

# Limits.
last='doctor with ulimit -v'
runs 1 sh -c "ulimit -v 262144; '$vmmalloc' doctor --pool-size 512M"
shows error address-space
shows error start 'ulimit -v'
last='doctor with ulimit -d'
runs 0 sh -c "ulimit -d 65536; '$vmmalloc' doctor -d ram -s 512M"
shows warning data-size 'the limit is 64 MiB.* 512 MiB'
runs 0 sh -c "ulimit -d 65536; '$vmmalloc' doctor"
shows ok data-size
last='doctor with ulimit -f'
runs 0 sh -c "ulimit -f 16384; '$vmmalloc' doctor --pool-size 64M"
shows warning file-size
last='doctor with ulimit -n'
runs 0 sh -c "ulimit -n 32; '$vmmalloc' doctor"
shows warning open-files

# A tmpfs has all that a pool wants.
if test "$(stat -f -c %T "$fast_dir")" = tmpfs; then
	doctor 0 --pool-dir "$fast_dir" --pool-size 32M
	for name in unnamed-file in-place hole-punching memory-node; do
		shows ok $name
	done
fi

# Rules of the kernel and a small /dev/shm in a container: in a namespace of
# mounts, as if they were so.
echo 2 >"$scratch/two"
# elsewhere STATUS SCRIPT: doctor after the script, there
elsewhere()
{
	last="doctor after $2"
	runs "$1" unshare -rm sh -c "$2 && exec '$vmmalloc' doctor"
}
if unshare -rm sh -c "mount -t tmpfs none /dev/shm && mount --bind \
'$scratch/two' /proc/sys/vm/max_map_count" 2>"$scratch/err"; then
	elsewhere 0 "mount --bind '$scratch/two' /proc/sys/vm/overcommit_memory"
	shows warning overcommit 'is 2: a fork counts the whole heap'
	elsewhere 0 "mount --bind '$scratch/two' /proc/sys/vm/max_map_count"
	shows warning map-count 'is 2'
	elsewhere 0 'mount -t tmpfs -o size=64m none /dev/shm &&
		export container=docker VMMALLOC_POOL_DIR=/dev/shm'
	shows warning shm-size 'has only 64 MiB'
	shows ok free-room
else
	echo "left out: no mounts: $(cat "$scratch/err")"
fi

# A control group with a limit, by version 1 of the interface.
group=/sys/fs/cgroup/memory/vmmalloc-test-$$
if test -e /sys/fs/cgroup/memory/memory.limit_in_bytes &&
	mkdir "$group" 2>"$scratch/err"; then
	echo 128M >"$group/memory.limit_in_bytes"
	last='doctor in a control group'
	runs 0 sh -c "echo 0 >'$group/cgroup.procs' &&
		exec '$vmmalloc' doctor -d ram -s 512M"
	shows warning cgroup-memory 'the limit is 128 MiB, and a pool of 512 MiB'
	runs 0 sh -c "echo 0 >'$group/cgroup.procs' &&
		exec '$vmmalloc' doctor -d ram -s 64M"
	shows ok cgroup-memory 'the limit is 128 MiB'
	rmdir "$group"
else
	echo "left out: no control group can be made"
fi

# A sandbox that kills a process which calls process_vm_writev.
cat >"$scratch/program.c" <<'END'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
		return 77;
	execvp(argv[argc > 1], argv + 1);
	return 99;
}
END
$TEST_CC -o "$scratch/sandbox" "$scratch/program.c" || exit 99
if "$scratch/sandbox" true; then
	last='doctor in a sandbox'
	runs 0 "$scratch/sandbox" "$vmmalloc" doctor
	shows warning seccomp process_vm_writev
	runs 1 env VMMALLOC_FORK=2 "$scratch/sandbox" "$vmmalloc" doctor
	shows error seccomp process_vm_writev
else
	echo "left out: no sandbox can be made"
fi

# Libraries and backends.
doctor 1 --backend none
shows error backend 'no backend'
doctor 1 --backend ../x
shows error backend 'bad backend'
last='doctor without the library'
runs 1 env VMMALLOC_LIBRARY="$scratch/none" "$vmmalloc" doctor
shows error library
# compile NAME FLAG...: a plugin that differs from the header
mkdir "$scratch/plugins" || exit 99
compile()
{
	name=$1
	shift
	$TEST_CC -std=gnu11 -D_GNU_SOURCE -O -w -fPIC -fno-builtin -shared \
		-I"$TEST_SRCDIR/include" "$@" -o "$scratch/plugins/$name.so" \
		"$TEST_SRCDIR/tests/plugin/abi.c" || exit 99
}
compile large -DMIN_POOL='((uint64_t)1 << 30)'
VMMALLOC_BACKEND_PATH=$scratch/plugins
export VMMALLOC_BACKEND_PATH
doctor 1 --backend large
shows error start
compile native
doctor 0 --backend native
shows warning versions 'backend native 7.8'
unset VMMALLOC_BACKEND_PATH
last='doctor with a tunable'
runs 0 env GLIBC_TUNABLES=glibc.rtld.optional_static_tls=1 "$vmmalloc" doctor
shows '(ok|warning)' tls-room

# Programs.
doctor 1 no-such-command
shows error program 'no such command'
doctor 1 "$scratch/text"
shows error program 'Permission denied'
cp "$(command -v id)" "$scratch/id" && chown 65534 "$scratch/id" &&
	chmod 4755 "$scratch/id"
if test "$("$scratch/id" -u)" = 65534 && test "$(id -u)" != 65534; then
	doctor 1 "$scratch/id"
	shows error preload 'set-user-ID'
else
	echo "left out: no set-user-ID program can be made"
fi
# program: that in $scratch/program.c
program()
{
	$TEST_CC -o "$scratch/program" "$scratch/program.c" || exit 99
}
printf '%s\n' 'char _rjem_malloc[8];' 'char __asan_init[8];' \
	'int main(void) { return 0; }' >"$scratch/program.c"
program
doctor 1 "$scratch/program"
shows warning own-malloc _rjem_malloc
shows error sanitizer __asan_init
echo 'int other;' | $TEST_CC -shared -fPIC -o "$scratch/libtcmalloc.so.4" \
	-x c - || exit 99
printf '%s\n' 'extern int other;' 'int main(void) { return other; }' \
	>"$scratch/program.c"
$TEST_CC -o "$scratch/program" "$scratch/program.c" \
	"$scratch/libtcmalloc.so.4" || exit 99
doctor 0 "$scratch/program"
shows warning other-allocator "$scratch/libtcmalloc.so.4"

# A script of a shell starts other programs, which are not examined.
printf '%s\n' '#! /bin/sh' "exec '$scratch/wrong/own-malloc'" >"$scratch/script"
chmod +x "$scratch/script" || exit 99
doctor 0 "$scratch/script"
shows warning script '/bin/sh is examined, and not the programs that it starts'
python=$(command -v python3 && :)
if test -n "$python"; then
	printf '%s\n' "#! $(python3 -c 'import sys; print(sys.executable)')" \
		>"$scratch/script"
	doctor 0 "$scratch/script"
	shows ok script
fi
doctor 0 "$scratch/program"
grep -q '^[a-z]* *script ' "$scratch/out" && fail "a program is a script"

# A file that only begins as an ELF file.
head -c 100 "$(command -v sh)" >"$scratch/broken" && chmod +x "$scratch/broken"
doctor 1 "$scratch/broken"
shows error program

# A running process: it allocates 8 MiB, forks if told to, writes to them, and
# waits. start COMMAND...: sets $started to its process ID.
cat >"$scratch/program.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	char *volatile block = malloc(8 << 20);

	memset(block, 1, 8 << 20);
	if (argc > 2) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
		memset(block, 2, 8 << 20);
	}
	fclose(fopen(argv[1], "w"));
	sleep(600);
	return 0;
}
END
program
start()
{
	rm -f "$scratch/ready"
	"$@" &
	started=$!
	tries=0
	while test ! -e "$scratch/ready" && test $tries -lt 600; do
		sleep 0.1
		tries=$((tries + 1))
	done
}
# examine STATUS PID OPTION...
examine()
{
	last="doctor --pid $2"
	wanted_status=$1
	shift
	cases=$((cases + 1))
	"$vmmalloc" doctor --pid "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
	test $status = "$wanted_status" || fail "exit status $status: $last"
	test ! -s "$scratch/err" || fail "$last says: $(cat "$scratch/err")"
}
stop()
{
	kill "$started"
	wait "$started" 2>"$scratch/err"
}
start "$vmmalloc" run "$scratch/program" "$scratch/ready"
examine 0 "$started"
shows ok process-library libvmmalloc.so.1
shows ok process-live native.so
shows ok process-pool "$pool/"
shows ok process-fork 'mode 1; the heap is in'
shows ok process-huge
if test -s /proc/self/numa_maps; then
	shows ok process-nodes 'node [0-9]+: [0-9.]+ [KM]iB'
fi
tr -s ' \n' '  ' <"$scratch/out" |
	grep -qE '(8\.[0-9]|9\.[0-9]|1[0-9]) MiB of 32 MiB \([2-5][0-9]%\)' ||
	fail "other figures: $(cat "$scratch/out")"
stop
start "$vmmalloc" run --fork 1 "$scratch/program" "$scratch/ready" fork
examine 0 "$started"
shows warning process-fork 'mode 1, and the heap has become'
stop
start "$vmmalloc" run --fork 2 "$scratch/program" "$scratch/ready" fork
examine 0 "$started"
shows ok process-fork 'mode 2'
stop
# Several places, and memory without a file.
start "$vmmalloc" run -d "ram:16M,$pool:32M,ram:16M" --placement threshold=4M \
	"$scratch/program" "$scratch/ready"
examine 0 "$started"
tr -s ' \n' '  ' <"$scratch/out" | grep -qE "in memory of ram: \
[0-9.]* [KM]iB of 16 MiB, $pool: (8\.[0-9]|9\.[0-9]|1[0-9](\.[0-9])?) MiB of 32 MiB, ram: \
0 bytes of 16 MiB" || fail "other places: $(cat "$scratch/out")"
stop
start "$vmmalloc" run -d ram -s 64M "$scratch/program" "$scratch/ready"
examine 0 "$started"
shows ok process-fork 'the pool is memory'
tr -s ' \n' '  ' <"$scratch/out" |
	grep -qE 'in memory of ram: (8\.[0-9]|9\.[0-9]|1[0-9](\.[0-9])?) MiB of 64 MiB' ||
	fail "other figures of memory: $(cat "$scratch/out")"
stop
start "$scratch/program" "$scratch/ready"
examine 1 "$started"
shows error process-library 'not loaded'
stop
examine 1 "$started"
shows error process 'cannot be examined'

# JSON, and the table of all findings.
doctor 1 --json --pool-dir "$scratch/none" -- sh
if command -v python3 >"$scratch/which"; then
	python3 - "$scratch/out" <<'END' || fail "other JSON"
import json, sys
report = json.load(open(sys.argv[1]))
assert report["schema"] == 1 and report["errors"] == 1
found = {f["name"]: f for f in report["findings"]}
assert found["directory"]["result"] == "error"
assert found["directory"]["remedy"]
assert found["library"]["result"] == "ok" and not found["library"]["remedy"]
assert "pool-size" not in found and "program" in found
END
fi
doctor 0 --list
test "$(wc -l <"$scratch/out")" -ge 30 || fail "too few findings"
grep '^| `[a-z-]*` | .* | .* |$' "$TEST_SRCDIR/doc/troubleshooting.md" |
	diff "$scratch/out" - ||
	fail "findings: < vmmalloc doctor --list, > doc/troubleshooting.md"

# Wrong command lines.
refuses 2 "bad --pid 'x': not the number of a process" \
	"$vmmalloc" doctor --pid x
refuses 2 "doctor --pid: unexpected argument 'true'; $usage" \
	"$vmmalloc" doctor --pid 1 true
refuses 2 "doctor --nonsense: no such option; $usage" \
	"$vmmalloc" doctor --nonsense
finish
