# SPDX-License-Identifier: BSD-3-Clause
# A core file, of a crash or made by a debugger, has the heap in it and not the
# whole sparse pool; nor does making it fill the pool's file system. Tested
# before and after a fork.
. "$TEST_SRCDIR/tests/lib.sh"

enter_namespace "$@"
make_scratch "$TEST_BUILDDIR"
no_case="no core file can be taken"
mount -t tmpfs -o size=1100m tmpfs "$pool" || skip "not permitted: mount"
most_kib=150000 # of a pool of 1 GiB, in which 8 MiB are in use

cat >"$scratch/program.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	size_t size = (size_t)8 << 20;
	char *block = malloc(size);
	char line[8];

	(void)argc;
	for (size_t i = 0; i < size; i += 100)
		sprintf(block + i, "stack %zu", i);
	sprintf(block + size / 2, "needle-%s", "in-the-haystack");
	if (strcmp(argv[1], "forked") == 0) {
		if (fork() == 0)
			_exit(0);
		wait(NULL);
	}
	puts("ready");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) != NULL)
		abort();
	return 0;
}
END
$TEST_CC -O1 -fno-builtin -o "$scratch/program" "$scratch/program.c" || exit 99

used_kib()
{
	df -Pk "$pool" | awk 'NR == 2 { print $3 }'
}

# start HOW: starts the program, with its input at descriptor 3; sets $pid
start()
{
	rm -f "$scratch"/core* "$scratch/input" "$scratch/output"
	mkfifo "$scratch/input" "$scratch/output" || exit 99
	(
		cd "$scratch" && ulimit -c unlimited &&
			exec env LD_PRELOAD="$library" \
				VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=1G \
				VMMALLOC_BACKEND="$backend" \
				VMMALLOC_BACKEND_PATH="$backends" \
				"$scratch/program" "$1" <"$scratch/input" \
				>"$scratch/output"
	) 2>/dev/null &
	pid=$!
	exec 3>"$scratch/input"
	read -r line <"$scratch/output"
	test "$line" = ready || fail "$backend: the program does not start"
}

# look WHAT: checks the core file, and the use of the pool's file system
look()
{
	cases=$((cases + 1))
	core=$(find "$scratch" -maxdepth 1 -name 'core*' | head -n 1)
	if test -z "$core"; then
		fail "$backend: no core file of $1"
		return
	fi
	kib=$(du -k "$core" | cut -f 1)
	test "$kib" -lt $most_kib ||
		fail "$backend: the core file of $1 has $((kib / 1024)) MiB"
	test "$used" -lt $most_kib || fail "$backend: $((used / 1024)) MiB of" \
		"the file system are in use after $1"
	grep -aq needle-in-the-haystack "$core" ||
		fail "$backend: the heap is not in the core file of $1"
	rm -f "$core"
}

# Keeps the pool's file, and so its blocks, while the process ends.
hold_pool()
{
	for fd in /proc/$pid/fd/*; do
		case $(readlink "$fd") in
		"$pool"/*) exec 4<"$fd" ;;
		esac
	done
}

crash()
{
	if grep -q '^[|/]' /proc/sys/kernel/core_pattern ||
		! (ulimit -c unlimited) 2>/dev/null; then
		echo "left out: crashes leave no core file here"
		return
	fi
	start "$1"
	exec 4</dev/null
	hold_pool
	echo >&3
	wait $pid 2>/dev/null
	exec 3>&-
	used=$(used_kib)
	exec 4<&-
	look "a crash, $1"
}

debugger()
{
	command -v gcore >/dev/null || {
		echo "left out: no gcore"
		return
	}
	start "$1"
	timeout 60 gcore -o "$scratch/core" $pid >"$scratch/log" 2>&1
	status=$?
	used=$(used_kib)
	exec 3>&-
	wait $pid
	if grep -q 'Operation not permitted' "$scratch/log"; then
		echo "left out: no process may be traced"
		return
	fi
	test $status = 0 || fail "$backend: gcore: $(tail -n 1 "$scratch/log")"
	look "gcore, $1"
}

for backend in $TEST_BACKENDS; do
	for how in plain forked; do
		crash $how
		debugger $how
	done
done
finish
