# SPDX-License-Identifier: BSD-3-Clause
# stress-ng's stressors of memory and of processes, which check their memory
# themselves. Each does a number of operations, however long they take.
#
# Not brk, which is in brk.sh, and not forkheavy, which fills /tmp.
. "$TEST_SRCDIR/tests/apps/common.sh"

need stress-ng
as_user # as root it skips some
stress()
{
	stressor=$1
	operations=$2
	shift 2
	stress-ng --verify --no-rand-seed --timeout 30 --temp-path "$PWD" \
		--"$stressor" 2 --"$stressor"-ops "$operations" "$@" >log 2>&1
	echo "$stressor: exit status $?"
	grep -i 'fail:\|corrupt\|mismatch\|skip' log || true
}
stress malloc 50000 --malloc-bytes 64K --malloc-max 4096
stress malloc 20000 --malloc-bytes 64K --malloc-max 4096 \
	--malloc-pthreads 2
stress bigheap 200 --bigheap-growth 64K --bigheap-bytes 64M
stress stack 2
stress vm 2000 --vm-bytes 32M
stress vm-rw 50 --vm-rw-bytes 4M
stress mmap 5 --mmap-bytes 16M
stress mremap 20 --mremap-bytes 8M
stress madvise 8
stress memcpy 10
stress qsort 2 --qsort-size 20000
stress tsearch 3
stress fork 200
stress vfork 200
stress clone 30
stress exec 20
stress zombie 50
stress daemon 20
stress session 20
stress pthread 200
stress switch 2000
stress futex 2000
stress pipe 5000
