# SPDX-License-Identifier: BSD-3-Clause
# Each system call of the library fails, with each of its errors: at the start,
# in steady state, in fork, in malloc_trim and at exit. TEST_FAULTS=short: the
# first call of each kind, with the likeliest error. FAULTS_CELLS="BACKEND/MODE
# ..." names the backends and modes of fork to try, FAULTS_ONLY one fault as it
# was printed. BACKEND/MODE/PLACE has the pool elsewhere than on a tmpfs: on a
# disk, in memory (node), in several places (tiers, stripes).
. "$TEST_SRCDIR/tests/lib.sh"

test -d /dev/shm && test -w /dev/shm || skip "no directory /dev/shm to write in"
make_scratch /dev/shm

cells=${FAULTS_CELLS-}
if test -z "$cells"; then
	for backend in $TEST_BACKENDS; do
		for mode in 1 2 3 return; do
			case ${TEST_FAULTS-}/$backend/$mode in
			short/native/3 | short/jemalloc/[23r]* | \
				short/tcmalloc/[23r]*) ;;
			*) cells="$cells $backend/$mode" ;;
			esac
		done
	done
	test "${TEST_FAULTS-}" = short ||
		cells="$cells native/1/node native/2/tiers native/return/tiers \
			native/1/stripes native/1/disk native/2/disk"
fi

# inject BACKEND MODE PLACE
inject()
{
	directory=$pool
	place=$pool
	set -- "$@" FAULTS_PRELOAD="$library" VMMALLOC_BACKEND="$1" \
		VMMALLOC_BACKEND_PATH="$backends" VMMALLOC_POOL_SIZE=64M \
		VMMALLOC_STATS_FILE="$scratch/stats"
	case $3 in
	node) place=node:0 ;;
	tiers) place=ram:16M,$pool:64M ;;
	stripes)
		place=$pool:32M,$pool:32M
		set -- "$@" VMMALLOC_PLACEMENT=stripe
		;;
	disk)
		directory=$(mktemp -d "$TEST_BUILDDIR/vmmalloc-test.XXXXXX") ||
			exit 99
		place=$directory
		;;
	esac
	case $2 in
	return) set -- "$@" VMMALLOC_FORK=1 VMMALLOC_FORK_RETURN=1 ;;
	*) set -- "$@" VMMALLOC_FORK="$2" ;;
	esac
	set -- "$@" VMMALLOC_POOL_DIR="$place" \
		"$TEST_BUILDDIR/tests/faults/inject"
	# with a return each fork begins a new file
	test "$2" != return || set -- "$@" --spare=2
	test "${TEST_FAULTS-}" != short || set -- "$@" --short
	test -z "${FAULTS_ONLY-}" || set -- "$@" --show --only="$FAULTS_ONLY"
	shift 3
	env "$@" "$directory" "$TEST_BUILDDIR/tests/faults/workload"
	status=$?
	test "$directory" = "$pool" || rmdir "$directory"
	return $status
}

for cell in $cells; do
	cases=$((cases + 1))
	echo "$cell"
	mode=${cell#*/}
	place=tmpfs
	case $mode in
	*/*)
		place=${mode#*/}
		mode=${mode%/*}
		;;
	esac
	inject "${cell%%/*}" "$mode" "$place"
	case $? in
	0) ;;
	77) skip "no notifications of system calls here" ;;
	*) fail "$cell" ;;
	esac
done
finish
