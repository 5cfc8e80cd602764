# SPDX-License-Identifier: BSD-3-Clause
# Costs of the native heap that must not grow with the number of processors: the
# start of a process, fork, and the locks of frequent calls. These are counts, not
# times; the processors are simulated.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch "$fast_dir"

# count PROCESSORS ARGUMENT...
count()
{
	processors=$1
	shift
	shims=$TEST_BUILDDIR/tests/cost/.libs
	preload native 1G \
		LD_PRELOAD="$library:$shims/locks.so:$shims/processors.so" \
		SHIM_PROCESSORS="$processors" \
		"$TEST_BUILDDIR/tests/cost/scaling" "$@"
}

# hold FIGURE BOUND WHAT
hold()
{
	echo "$3: $1, at most $2"
	test -n "$1" && test "$1" -le "$2" && return
	fail "$3"
}

count 2 start >/dev/null || {
	echo "FAILED: the program does not run"
	exit 1
}

faults=$(count 2 start)
fork=$(count 2 fork)
for processors in 64 256 2000; do
	hold "$(count $processors start)" $((faults + 16)) \
		"page faults at start, $processors processors"
	now=$(count $processors fork)
	hold "${now% *}" $((${fork% *} * 13 / 10)) \
		"locks in fork, $processors processors"
	hold "${now#* }" $((${fork#* } * 13 / 10)) \
		"page faults of a fork, $processors processors"
	hold "$(count $processors large)" 9 \
		"locks in a malloc of 1 MiB, $processors processors"
	hold "$(count $processors fail)" 9 \
		"locks in a malloc that fails, $processors processors"
done

# of 10000 pairs; every 100 ms the core looks for memory to return
for size in 64 4096 32768 40000 262144 1048576; do
	hold "$(count 2 pair $size)" 20 "shared locks, pairs of $size bytes"
done
for size in 64 1024 4096 16384 32768 65536; do
	hold "$(count 2 remote $size)" 50 \
		"shared locks, remote frees of $size bytes"
done

hold "$(count 16 ended)" 4 "MiB committed after 15 threads have ended"

# Processors that the process may use only after its start, and more of them
# than a set of the usual size can hold.
alone=$(count 1 spread 64)
hold "$((16 - ${alone:-0}))" 1 "threads that share an arena, 64 processors"
alone=$(count 1 spread 2000)
hold "$((16 - ${alone:-0}))" 1 "threads that share an arena, 2000 processors"
finish
