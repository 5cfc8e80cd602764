# SPDX-License-Identifier: BSD-3-Clause
# Each system call of the library fails, with each of its errors: at the start,
# in steady state, in fork, in malloc_trim and at exit. TEST_FAULTS=short: the
# first call of each kind, with the likeliest error. FAULTS_CELLS="BACKEND/MODE
# ..." names the backends and modes of fork to try, FAULTS_ONLY one fault as it
# was printed.
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
fi

# inject BACKEND MODE [VARIABLE=VALUE]...
inject()
{
	backend=$1
	mode=$2
	shift 2
	set -- "$@" FAULTS_PRELOAD="$library" VMMALLOC_BACKEND="$backend" \
		VMMALLOC_BACKEND_PATH="$backends" VMMALLOC_POOL_DIR="$pool" \
		VMMALLOC_POOL_SIZE=64M VMMALLOC_STATS_FILE="$scratch/stats"
	case $mode in
	return) set -- "$@" VMMALLOC_FORK=1 VMMALLOC_FORK_RETURN=1 ;;
	*) set -- "$@" VMMALLOC_FORK="$mode" ;;
	esac
	set -- "$@" "$TEST_BUILDDIR/tests/faults/inject"
	test "${TEST_FAULTS-}" != short || set -- "$@" --short
	test -z "${FAULTS_ONLY-}" || set -- "$@" --show --only="$FAULTS_ONLY"
	env "$@" "$pool" "$TEST_BUILDDIR/tests/faults/workload"
}

for cell in $cells; do
	cases=$((cases + 1))
	echo "$cell"
	inject "${cell%/*}" "${cell#*/}"
	case $? in
	0) ;;
	77) skip "no notifications of system calls here" ;;
	*) fail "$cell" ;;
	esac
done
finish
