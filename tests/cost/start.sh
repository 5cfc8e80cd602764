# SPDX-License-Identifier: BSD-3-Clause
# System calls and mappings that the native heap adds to a process that does
# little: most processes of a build or of a script are such ones, and each fork
# copies all mappings. With a pool in memory, and with one on a tmpfs.
. "$TEST_SRCDIR/tests/lib.sh"

need strace
need_true
make_scratch "$fast_dir"
strace -o "$scratch/plain" $true 2>/dev/null || skip "strace cannot trace"

# measure PLACE CALLS MAPPINGS: at most this many are added
measure()
{
	strace -E LD_PRELOAD="$library" -E VMMALLOC_POOL_DIR="$1" \
		-E VMMALLOC_POOL_SIZE=1G -E VMMALLOC_BACKEND=native \
		-E VMMALLOC_BACKEND_PATH="$backends" -o "$scratch/with" $true ||
		die "true failed with a pool in $1"
	calls=$(($(grep -c '^[a-z]' "$scratch/with") -
		$(grep -c '^[a-z]' "$scratch/plain")))
	env LD_PRELOAD="$library" VMMALLOC_POOL_DIR="$1" \
		VMMALLOC_POOL_SIZE=1G VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH="$backends" \
		cat /proc/self/maps >"$scratch/with-maps"
	mappings=$(($(grep -c . "$scratch/with-maps") -
		$(grep -c . "$scratch/plain-maps")))
	echo "$1: $calls system calls and $mappings mappings more"
	test "$calls" -gt 10 && test "$mappings" -gt 2 ||
		die "too few: the library was not loaded"
	test "$calls" -le "$2" || fail "$1: more than $2 system calls"
	test "$mappings" -le "$3" || fail "$1: more than $3 mappings"
}

cat /proc/self/maps >"$scratch/plain-maps"
measure ram 40 18
measure "$pool" 62 18
finish
