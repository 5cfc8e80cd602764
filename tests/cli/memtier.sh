# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc run: the settings of memkind's memtier, and which of them are refused.
. "$TEST_SRCDIR/tests/cli/common.sh"

unset VMMALLOC_POOL_DIR VMMALLOC_POOL_SIZE MEMKIND_MEM_THRESHOLDS \
	MEMKIND_DAX_KMEM_NODES
mkdir "$scratch/a" "$scratch/b" || exit 99
far="KIND:FS_DAX,PATH:$scratch/a,PMEM_SIZE_LIMIT"
static=POLICY:STATIC_RATIO

# becomes PLACES PLACEMENT TIERS: what the command is started with
becomes()
{
	becomes_wanted="VMMALLOC_POOL_DIR=$1 VMMALLOC_PLACEMENT=$2"
	cases=$((cases + 1))
	becomes_is=$(MEMKIND_MEM_TIERS=$3 "$vmmalloc" run --dry-run true 2>&1)
	# no size for ram, which depends on the machine
	becomes_is=$(echo "$becomes_is" | tr -d "'" | sed -n '
		s/ram:[0-9]*/ram:N/; s/node:\([-0-9]*\):[0-9]*/node:\1:N/
		/POOL_DIR/p; /PLACEMENT/p; /^vmmalloc:/p' | sort -r | tr '\n' ' ')
	test "${becomes_is% }" = "${becomes_wanted% VMMALLOC_PLACEMENT=}" ||
		fail "$3: $becomes_is, not $becomes_wanted"
}

# bad WHAT WHY TIERS
bad()
{
	refuses 125 "bad MEMKIND_MEM_TIERS at '$1': $2" \
		env MEMKIND_MEM_TIERS="$3" "$vmmalloc" run true
}

becomes "ram:N,$scratch/a:33554432" ratio=1:4 \
	"KIND:DRAM,RATIO:1;$far:32M,RATIO:4;$static"
becomes "$scratch/a:33554432,ram:N" ratio=1:4 \
	"RATIO:1,$far:32M;RATIO:4,KIND:DRAM;$static"
becomes "ram:N,$scratch/a:33554432,$scratch/b:16777216" ratio=500:1000:1 "KIND:DRAM,\
RATIO:2000;$far:32M,RATIO:4000;KIND:FS_DAX,RATIO:4,PMEM_SIZE_LIMIT:16777216,\
PATH:$scratch/b;$static"
becomes ram "" "KIND:DRAM,RATIO:7;$static"
becomes "$scratch/a" "" "KIND:FS_DAX,PATH:$scratch/a,RATIO:1;$static"
becomes "$scratch/a:33554432" "" "$far:32M,RATIO:1;$static"
cd "$scratch" || exit 99
becomes "$scratch/a" "" "KIND:FS_DAX,PATH:a,RATIO:1;$static"
cd "$TEST_BUILDDIR" || exit 99
export MEMKIND_DAX_KMEM_NODES=1-2
becomes "ram:N,node:1-2:N" ratio=1:3 \
	"KIND:DRAM,RATIO:1;KIND:KMEM_DAX,RATIO:3;$static"
unset MEMKIND_DAX_KMEM_NODES

# The places are really used, both of them, and settings of our own come first.
MEMKIND_MEM_TIERS="$far:64M,RATIO:1;KIND:DRAM,RATIO:1;$static"
export MEMKIND_MEM_TIERS
text=$("$vmmalloc" run "$TEST_BUILDDIR/tests/platform/places" 64 use 3000000 60)
test "${text% *}" -ge 20 && test "${text#* }" -ge 20 ||
	fail "placed in the directory and in memory: $text MiB"
prints "$pool" "$vmmalloc" run -d "$pool" -s 32M sh -c 'echo $VMMALLOC_POOL_DIR'
prints "$pool" env VMMALLOC_POOL_DIR="$pool" "$vmmalloc" run -s 32M \
	sh -c 'echo $VMMALLOC_POOL_DIR'
prints "ram:16777216" "$vmmalloc" run --tiers ram:16M \
	sh -c 'echo $VMMALLOC_POOL_DIR'
prints overflow "$vmmalloc" run --placement overflow \
	sh -c 'echo $VMMALLOC_PLACEMENT'
unset MEMKIND_MEM_TIERS

bad POLICY:DYNAMIC_THRESHOLD "a threshold that moves has no counterpart, and \
extents are placed here, not blocks; use STATIC_RATIO, or --tiers with \
--placement threshold=SIZE" \
	"KIND:DRAM,RATIO:1;$far:32M,RATIO:4;POLICY:DYNAMIC_THRESHOLD"
bad KMEM_DAX "which nodes these are is not found out here; name them in \
MEMKIND_DAX_KMEM_NODES, or use --tiers with node:LIST" \
	"KIND:DRAM,RATIO:1;KIND:KMEM_DAX,RATIO:4;$static"
bad HBW "KIND must be DRAM, FS_DAX or KMEM_DAX" "KIND:HBW,RATIO:1;$static"
bad KIND:DRAM,RATIO:1 "POLICY must come last, and be STATIC_RATIO" \
	KIND:DRAM,RATIO:1
bad $static "there is no tier" "$static"
bad KIND:DRAM "a tier needs KIND and RATIO" "KIND:DRAM;$static"
bad RATIO:1 "a tier needs KIND and RATIO" "RATIO:1;$static"
for ratio in 0 1K -1 x; do
	bad $ratio "RATIO must be one number, 1 or more" \
		"KIND:DRAM,RATIO:$ratio;$static"
done
bad KIND "given twice for one tier" "KIND:DRAM,KIND:DRAM,RATIO:1;$static"
bad SIZE "must be KIND, PATH, PMEM_SIZE_LIMIT or RATIO" "SIZE:1;$static"
bad "" "not NAME:VALUE" "KIND:DRAM,RATIO:1;;$static"
bad KIND:FS_DAX,RATIO:1 "FS_DAX needs PATH, and no other kind has it" \
	"KIND:FS_DAX,RATIO:1;$static"
bad KIND:DRAM,PATH:/x,RATIO:1 "FS_DAX needs PATH, and no other kind has it" \
	"KIND:DRAM,PATH:/x,RATIO:1;$static"
bad KIND:DRAM,PMEM_SIZE_LIMIT:1G,RATIO:1 "only FS_DAX has PMEM_SIZE_LIMIT" \
	"KIND:DRAM,PMEM_SIZE_LIMIT:1G,RATIO:1;$static"
bad ratio=1:1001 "no number may be above 1000 when the ratio is in lowest terms" \
	"KIND:DRAM,RATIO:1;$far:32M,RATIO:1001;$static"
one=KIND:DRAM,RATIO:1
bad $one "a pool has at most 8 places" \
	"$one;$one;$one;$one;$one;$one;$one;$one;$one;$static"
refuses 125 "bad MEMKIND_MEM_THRESHOLDS 'INIT_VAL:64': a threshold that moves \
has no counterpart; unset it" env MEMKIND_MEM_TIERS="$one;$static" \
	MEMKIND_MEM_THRESHOLDS=INIT_VAL:64 "$vmmalloc" run true
refuses 125 "cannot make a pool in '/nowhere': No such file or directory; \
choose a directory with --pool-dir" env \
	MEMKIND_MEM_TIERS="KIND:FS_DAX,PATH:/nowhere,RATIO:1;$static" \
	"$vmmalloc" run true
finish
