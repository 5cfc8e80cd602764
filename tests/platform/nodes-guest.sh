# SPDX-License-Identifier: BSD-3-Clause
# In the machine of tests/platform/nodes.sh, which has two nodes of memory: a
# line for each check, and in the end how many passed. nodes-guest.sh MIB: the
# memory of node 1.
far=$1
passed=0
LD_LIBRARY_PATH=/test

# run PLACE ARGUMENT...: the program, with its heap there
run()
{
	place=$1
	shift
	env LD_PRELOAD=/test/libvmmalloc.so.1 VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH=/test/backends VMMALLOC_POOL_DIR="$place" \
		VMMALLOC_POOL_SIZE=4G /test/nodes "$@" 2>&1
}

# hold TEXT CONDITION...: a check
hold()
{
	text=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "passed: $text"
	else
		echo "FAILED: $text"
	fi
}

# on PLACE LEAST0 MOST0 LEAST1 MOST1: where 32 MiB are, in MiB
on()
{
	# shellcheck disable=SC2046 # two words
	set -- "$@" $(run "$1" placed 32)
	hold "$1: $6 MiB on node 0, $7 on node 1" test "$6" -ge "$2" -a \
		"$6" -le "$3" -a "$7" -ge "$4" -a "$7" -le "$5"
}

# The rest of the heap is small. Interleaved huge pages are dealt in turn.
on ram 32 40 0 0
on local 32 40 0 0
on node:0 32 40 0 0
on node:1 0 0 32 40
on prefer:1 0 0 32 40
on prefer:0-1 32 40 0 0
on interleave:0,1 12 24 12 24

# A full node: malloc fails, and the kernel ends no process. Most of it was used.
for later in "" later; do
	# shellcheck disable=SC2086 # nothing, or a word
	mib=$(run node:1 fill $later)
	hold "node:1 $later: $mib MiB of $far" test "$mib" -ge $((far / 2)) -a \
		"$mib" -le "$far"
done
mib=$(run prefer:1 placed $((far + 32)))
hold "prefer:1 spills: $mib" test "${mib% *}" -ge 32
hold "no process was ended" sh -c '! dmesg | grep -i "out of memory"'

# Nodes that the process may not have.
text=$(run node:2 placed)
hold "node:2: $text" test "${text#*no memory node 2: it does not exist, is \
offline or has no memory (there is 0-1)}" != "$text"
text=$(run interleave:1-2 placed)
hold "interleave:1-2: $text" test "${text#*no memory node 2: }" != "$text"
mkdir -p /cgroup && mount -t cgroup2 none /cgroup &&
	echo +cpuset >/cgroup/cgroup.subtree_control && mkdir /cgroup/near &&
	echo 0 >/cgroup/near/cpuset.mems && echo $$ >/cgroup/near/cgroup.procs
hold "a cpuset" test $? = 0
for place in node:1 interleave:0,1; do
	text=$(run $place placed)
	hold "$place: $text" test "${text#*memory node 1 is not in the cpuset \
of the process, which allows 0 (VMMALLOC_POOL_DIR }" != "$text"
done
on node:0 32 40 0 0
echo "all $passed passed"
