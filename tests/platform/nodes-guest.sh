# SPDX-License-Identifier: BSD-3-Clause
# In the machines of tests/platform/nodes.sh, which have two nodes of memory: a
# line for each check, and in the end how many passed. nodes-guest.sh MIB: the
# memory of node 1.
far=$1
passed=0
extra=	# more variables, as words
LD_LIBRARY_PATH=/test
nodes=/sys/devices/system/node

# run PLACE ARGUMENT...: the program, with its heap there
run()
{
	place=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	env $extra LD_PRELOAD=/test/libvmmalloc.so.1 VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH=/test/backends VMMALLOC_POOL_DIR="$place" \
		VMMALLOC_POOL_SIZE=4G /test/nodes "$@" 2>&1
}

# with "VARIABLE=VALUE..." FUNCTION...: calls it with more variables for run
with()
{
	extra=$1
	shift
	"$@"
	extra=
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

# on PLACE LEAST0 MOST0 LEAST1 MOST1 [HOW [MIB]]: where 32 MiB are, in MiB
on()
{
	on_how="$extra ${6:-placed}"
	# shellcheck disable=SC2046 # two words
	set -- "$1" "$2" "$3" "$4" "$5" $(run "$1" "${6:-placed}" "${7:-32}")
	hold "$1 $on_how: $6 MiB on node 0, $7 on node 1" test "$6" -ge "$2" -a \
		"$6" -le "$3" -a "$7" -ge "$4" -a "$7" -le "$5"
}

# change MIB COMMAND: a heap with new weights for each page that comes later
change()
{
	# shellcheck disable=SC2046 # six numbers
	set -- $(run weighted:0,1 around "$1" "$2" 2>&1)
	hold "weights of 3:1 become 1:3, $extra: $*" test "$1" -ge 48 -a \
		"$2" -ge 15 -a "$4" -le 17 -a "$5" -ge 63 -a "$6" -ge 62
}

# lose PLACE NEAR FAR [full]: a heap of 96 MiB, so many of them on each node at
# first, and of twice as much later, when node 1 is offline
lose()
{
	lose_end=${4-}
	# shellcheck disable=SC2046 # six numbers, and a word
	set -- "$1" "$2" "$3" $(run "$1" around 96 "$offline" 2>&1)
	hold "node 1 goes, $1 $extra: $4 and $5 MiB, then $6 and $7, $8 and \
$9 ${10-}" test "$4" -ge "$2" -a "$5" -ge "$3" -a "$6" -ge 96 -a "$7" -le 1 -a \
		"$8" -ge "$6" -a "$9" -le 1 -a "${10-}" = "$lose_end"
}

# free_on NODE: MiB, as numactl has them, with those that the kernel keeps at hand
# for processors, which it does not count as free
free_on()
{
	{ /test/numactl --hardware; cat /proc/zoneinfo; } | awk -v node="$1" '
		$1 == "node" && $2 == node && $3 == "free:" { mib = $4 }
		$1 == "Node" { is_here = $2 == node "," }
		$1 == "count:" && is_here { pages += $2 }
		END { print int(mib + pages / 256) }'
}

# near_to NUMBER NUMBER MOST: they differ by so much at most
near_to()
{
	test $(($1 - $2)) -le "$3" && test $(($2 - $1)) -le "$3"
}

# look PID: of its heap, in MiB, what doctor says of nodes 0 and 1, and what stat
# says that the first and the second place have
look()
{
	/test/vmmalloc doctor --pid "$1" --json | awk '
		/"node [01]: / {
			for (node = 0; node < 2; node++)
				if (match($0, "node " node ": [0-9.]* MiB"))
					mib[node] = substr($0, RSTART + 8)
		} END { print int(mib[0]), int(mib[1]) }'
	/test/vmmalloc stat --json "$1" | awk -F '[:,]' '
		/"places"/ { is_place = 1 }
		is_place && /"committed"/ { print int($2 / 1048576) }'
}

# agree PLACE MIB: numa_maps, move_pages, "numactl --hardware", doctor and stat
# agree where the heap is. With two places, the first is on node 0.
agree()
{
	free0=$(free_on 0)
	free1=$(free_on 1)
	run "$1" held "$2" >/tmp/held &
	until test -s /tmp/held; do sleep 1; done
	# shellcheck disable=SC2046 # a number, and four of pages
	set -- "$1" $(cat /tmp/held)
	held=$2
	text="$1 $extra: pages $3 and $4 by numa_maps, $5 and $6 by move_pages"
	hold "$text" test "$3 $4" = "$5 $6" -a $(($3 + $4)) -gt 0
	# shellcheck disable=SC2046 # numbers of MiB
	set -- "$1" $(($3 / 256)) $(($4 / 256)) $(look "$held") none
	hold "$1 $extra: doctor has $4 and $5 MiB of $2 and $3" \
		test "$4" -ge "$2" -a "$4" -le $(($2 + 1)) -a \
		"$5" -ge "$3" -a "$5" -le $(($3 + 1))
	# what is free is counted with the rest of the machine
	free0=$((free0 - $(free_on 0)))
	free1=$((free1 - $(free_on 1)))
	hold "$1 $extra: by numactl $free0 and $free1 MiB less are free" \
		sh -c "test $free0 -ge $(($2 - 2)) -a $free0 -le $(($2 + 16)) -a \
			$free1 -ge $(($3 - 2)) -a $free1 -le $(($3 + 8))"
	if test "$7" = none; then
		hold "$1 $extra: stat has $6 MiB of $2 and $3" \
			near_to "$6" $(($2 + $3)) 12
	else
		hold "$1 $extra: stat has $6 and $7 MiB of $2 and $3" \
			sh -c "test $6 -ge $2 -a $6 -le $(($2 + 12)) -a \
				$7 -ge $3 -a $7 -le $(($3 + 12))"
	fi
	kill "$held"
	wait
	rm /tmp/held
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

# The same policies for files on a tmpfs, in small and in huge pages; and what is
# allocated and written after a fork, when the heap is private.
mkdir -p /files && mount -t tmpfs -o size=8G none /files
for huge in 0 1; do
	for how in placed forked; do
		set -- VMMALLOC_HUGE_PAGES=$huge
		with "$1 VMMALLOC_POOL_POLICY=node:1" on /files 0 0 32 44 $how
		with "$1 VMMALLOC_POOL_POLICY=node:0" on /files 32 44 0 0 $how
		with "$1 VMMALLOC_POOL_POLICY=prefer:1" on /files 0 0 32 44 $how
		with "$1 VMMALLOC_POOL_POLICY=interleave:0,1" \
			on /files 10 26 10 26 $how
	done
done
for mode in 2 3; do
	with "VMMALLOC_FORK=$mode VMMALLOC_POOL_POLICY=node:1" \
		on /files 0 0 32 44 forked
done
mib=$(with VMMALLOC_POOL_POLICY=node:1 run /files fill)
hold "node:1 of a tmpfs: $mib MiB of $far" test "$mib" -ge $((far / 2)) -a \
	"$mib" -le "$far"

# Other tools look at the same memory. move_pages overlooks pages that the kernel
# watches in order to move them by itself, in Linux 6.1 at least.
balancing=/proc/sys/kernel/numa_balancing
test ! -f $balancing || echo 0 >$balancing
text=$(/test/numactl --hardware)
hold "numactl: ${text%%)*})" \
	test "${text#*available: 2 nodes (0-1)}" != "$text"
for place in ram node:1 interleave:0,1 node:0:32M,node:1:96M; do
	agree $place 64
done
with VMMALLOC_POOL_POLICY=interleave:0,1 agree /files 64

# Weights, which the kernel has since Linux 6.9.
weights=/sys/kernel/mm/mempolicy/weighted_interleave
if test -d $weights; then
	for huge in 0 1; do
		set -- VMMALLOC_HUGE_PAGES=$huge
		echo 3 >$weights/node0 && echo 1 >$weights/node1
		with "$1" on weighted:0,1 24 27 8 9
		with "$1 VMMALLOC_POOL_POLICY=weighted:0,1" \
			on /files 16 36 2 18
		with "$1" change 64 \
			"echo 1 >$weights/node0; echo 3 >$weights/node1"
	done
else
	text=$(run weighted:0,1 placed)
	hold "weighted: $text" test "${text#*use interleave:}" != "$text"
fi

# Tiers: near until its size is reached, or until the node is full.
on node:0:32M,node:1:96M 28 32 32 40 placed 64
on node:1:32M,node:0:96M 32 44 28 32 placed 64
with VMMALLOC_PLACEMENT=ratio=1:3 on node:0:96M,node:1:96M 12 22 42 56 placed 64
with VMMALLOC_PLACEMENT=threshold=512K on node:0:96M,node:1:96M 0 4 64 68 placed 64
on node:1:1G,node:0:1G 64 200 $((far / 2)) "$far" placed $((far + 64))

# A limit by the control group, and strict overcommit.
cgroup=/sys/fs/cgroup
mount -t cgroup2 none $cgroup &&
	echo +memory >$cgroup/cgroup.subtree_control && mkdir $cgroup/small &&
	echo 96M >$cgroup/small/memory.max
hold "a control group" test $? = 0
for later in "" later; do
	# shellcheck disable=SC2086 # nothing, or a word
	mib=$(echo 0 >$cgroup/small/cgroup.procs &&
		with VMMALLOC_LIMIT=cgroup run ram fill $later)
	hold "VMMALLOC_LIMIT=cgroup $later: $mib MiB of 96" test "$mib" -ge 48 \
		-a "$mib" -le 96
done
echo 2 >/proc/sys/vm/overcommit_memory
mib=$(run ram fill)
hold "strict overcommit: $mib MiB" test "$mib" -ge 32
echo 0 >/proc/sys/vm/overcommit_memory
hold "still no process was ended" sh -c '! dmesg | grep -i "out of memory"'

# Nodes that the process may not have.
text=$(run node:2 placed)
hold "node:2: $text" test "${text#*no memory node 2: it does not exist, is \
offline or has no memory (there is 0-1)}" != "$text"
text=$(run interleave:1-2 placed)
hold "interleave:1-2: $text" test "${text#*no memory node 2: }" != "$text"
echo +cpuset >$cgroup/cgroup.subtree_control && mkdir $cgroup/near &&
	echo 0 >$cgroup/near/cpuset.mems && echo $$ >$cgroup/near/cgroup.procs
hold "a cpuset" test $? = 0
for place in node:1 interleave:0,1; do
	text=$(run $place placed)
	hold "$place: $text" test "${text#*memory node 1 is not in the cpuset \
of the process, which allows 0 (VMMALLOC_POOL_DIR }" != "$text"
done
on node:0 32 40 0 0

# A node that goes offline, whose pages the kernel moves, and comes back; and one
# that is taken out of the machine.
echo $$ >$cgroup/cgroup.procs
each="for at in $nodes/node1/memory[0-9]*; do echo"
offline="$each offline >\$at/state; done"
online="$each online_movable >\$at/state; done"

# is_gone
is_gone()
{
	text=$(run prefer:1 placed)
	hold "prefer:1: $text" test "${text#*it does not exist, is offline or \
has no memory (there is 0)}" != "$text"
	on ram 32 40 0 0
}

if grep -q Movable $nodes/node1/memory*/valid_zones; then
	for huge in 0 1; do
		set -- VMMALLOC_HUGE_PAGES=$huge
		with "$1" lose node:1 0 96 full
		sh -c "$online"
		with "$1" lose prefer:1 0 96
		sh -c "$online"
		with "$1" lose interleave:0,1 44 44
		sh -c "$online"
		with "$1 VMMALLOC_POOL_POLICY=node:1" lose /files 0 94 full
		sh -c "$online"
	done
	lose node:1:112M,node:0:128M 0 96
	is_gone
	sh -c "$online"
	on node:1 0 0 32 40
	sh -c "$offline; echo 1 >/sys/bus/acpi/devices/PNP0C80:00/eject"
	while test -d $nodes/node1; do sleep 1; done
	is_gone
fi
hold "no process was ended in the end" \
	sh -c '! dmesg | grep -i "out of memory"'
echo "all $passed passed"
