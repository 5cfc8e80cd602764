# SPDX-License-Identifier: BSD-3-Clause
# Statistics, controls and heap profiles of the allocators work in the pool.
. "$TEST_SRCDIR/tests/adapter/common.sh"

if test -f backends/.libs/tcmalloc.so; then
	preload tcmalloc 256M tests/adapter/ctl tcmalloc
	check "tcmalloc's properties" $?
	TCMALLOC_HEAP_LIMIT_MB=64 preload tcmalloc 1G tests/adapter/ctl \
		tcmalloc 64
	check "TCMALLOC_HEAP_LIMIT_MB" $?
fi
test -f backends/.libs/jemalloc.so || finish
preload jemalloc 256M tests/adapter/ctl jemalloc
check "jemalloc's statistics" $?

# The profile, as the distribution's tool reads it. With a sample every 4 KiB
# the estimate for 1000 blocks of 10,000 bytes is within a few percent.
MALLOC_CONF=prof:true,lg_prof_sample:12 preload jemalloc 256M \
	tests/adapter/ctl jemalloc "$scratch/heap"
status=$?
if test $status -eq 77; then
	echo "no heap profiles: this libjemalloc is built without them"
	finish
fi
check "prof:true and prof.dump" $status
MALLOC_CONF=prof:true,prof_final:true,prof_prefix:$scratch/final \
	preload jemalloc 256M tests/adapter/ctl jemalloc
check "prof_final:true" $?
test "$(find "$scratch" -name 'final*.heap' | wc -l)" -eq 1
check "prof_final:true writes one profile" $?
if ! command -v jeprof >/dev/null; then
	echo "the profile is not read: there is no jeprof"
	finish
fi
jeprof --text tests/adapter/ctl "$scratch/heap" >"$scratch/text" 2>/dev/null
check "jeprof reads the profile" $?
awk '$NF == "adapter_ctl_holds" { mib = $1 }
	END { exit !(mib > 8 && mib < 12) }' "$scratch/text"
status=$?
test $status -eq 0 || cat "$scratch/text"
check "jeprof finds 9.5 MiB in adapter_ctl_holds" $status
finish
