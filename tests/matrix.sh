# SPDX-License-Identifier: BSD-3-Clause
# One cell of the matrix of tests: matrix.sh KIND/NAME.DIRECTORY.BACKEND.t
#
# KIND     preload: NAME is a program of tests/preload, or NAME-modeN one that
#          is run with VMMALLOC_FORK=N, NAME-return
#          with VMMALLOC_FORK_RETURN=1;
#          apps: NAME.sh is a script of tests/apps; NAME-modeN likewise
#          stress: like preload, for TEST_SECONDS and in a larger pool;
#          misuse: NAME is a program of tests/misuse, which must end as
#          tests/misuse/expected says
# DIRECTORY of the pool: tmpfs (/dev/shm), disk (the build directory), reflink
#          (a file system of its own whose files can share blocks), or none,
#          with BACKEND system: no preload at all
# BACKEND  the value of VMMALLOC_BACKEND; native-debug is the debug build of
#          native under the debug variant of the library
#
# Exit status 0 passed, 77 skipped (with a reason), any other failed.
set -u

skip()
{
	echo "skipped: $*"
	exit 77
}

fail()
{
	echo "FAILED: $*"
	exit 1
}

cell=${1%.t}
kind=$(basename "$(dirname "$cell")")
cell=${cell##*/}
backend=${cell##*.}
cell=${cell%.*}
folder=${cell##*.}
name=${cell%.*}

# Settings of tests that differ from the default. mount_mib: the size of a file
# system of its own, for which the test is run again in a namespace of its own.
pool_mib=1024
mount_mib=
program=$name
case $kind/$name in
preload/*-return | apps/*-return)
	VMMALLOC_FORK=1
	VMMALLOC_FORK_RETURN=1
	export VMMALLOC_FORK VMMALLOC_FORK_RETURN
	program=${name%-return}
	test "$name" != fork-return || program=$name
	;;
preload/*-mode[0-3] | apps/*-mode[0-3])
	VMMALLOC_FORK=${name##*-mode}
	export VMMALLOC_FORK
	program=${name%-mode?}
	;;
esac
run_seconds=300
case $kind/$program in
apps/*) pool_mib=4096 ;;
preload/cxx) pool_mib=256 ;;
preload/exhaustion)
	# tcmalloc takes 8 MiB for metadata and keeps up to 1 MiB of free blocks
	# per size class, which it never gives to another class. Only in a pool
	# that is large compared to that, 90 % can be allocated again.
	pool_mib=64
	test "$backend" = tcmalloc && pool_mib=512
	# jemalloc returns free memory over time, in pieces. Blocks of MiB then
	# come from both returned and retained memory, and cannot use what is
	# left over of the pieces: a third of the pool, on a slow machine.
	test "$backend" = jemalloc && export MALLOC_CONF=dirty_decay_ms:-1
	;;
preload/cached | preload/child-cannot-write | preload/full-threads | \
	preload/limits) pool_mib=64 ;;
preload/model) pool_mib=384 ;;
stress/model)
	# so that a block aligned to 1 GiB fits
	pool_mib=1536
	MODEL_SECONDS=${TEST_SECONDS:-10}
	MODEL_STEPS=100000
	export MODEL_SECONDS MODEL_STEPS
	run_seconds=$((MODEL_SECONDS + 900))
	;;
preload/fork-nothing)
	VMMALLOC_FORK=0
	export VMMALLOC_FORK
	;;
preload/prealloc)
	pool_mib=64
	VMMALLOC_PREALLOC=1
	export VMMALLOC_PREALLOC
	;;
preload/commit-threads | preload/failed-malloc | preload/fork-full | \
	preload/full-filesystem)
	pool_mib=64
	mount_mib=96
	;;
preload/reused-number) pool_mib=256 ;;
# other files on the file system would be counted
preload/lock-all) mount_mib=1200 ;;
preload/closed-returns-memory | preload/fork-return | \
	preload/fork-returns-memory)
	mount_mib=1200
	# jemalloc takes ten seconds by default
	test "$backend" = jemalloc && export MALLOC_CONF=dirty_decay_ms:200
	;;
preload/full-neighbours)
	pool_mib=240
	mount_mib=260
	;;
preload/out-of-reach)
	pool_mib=128
	mount_mib=300
	;;
esac
if test "$folder" = reflink; then
	pool_mib=256
	mount_mib=512
fi

test "$folder" != none || mount_mib=

if test -n "$mount_mib" && test "${TEST_NAMESPACE-}" != own; then
	TEST_NAMESPACE=own
	export TEST_NAMESPACE
	for options in -m -rm; do
		unshare "$options" true 2>/dev/null || continue
		exec unshare "$options" sh "$0" "$@"
	done
	skip "no mount name space to be had"
fi

case $folder in
tmpfs) parent=/dev/shm ;;
disk | reflink) parent=$TEST_BUILDDIR ;;
none) parent=${TMPDIR:-/tmp} ;;
*) fail "no such kind of folder: $folder" ;;
esac
test -d "$parent" && test -w "$parent" || skip "no folder $parent to write in"
if test "$folder" != none; then
	free_mib=$(df -Pk "$parent" | awk 'NR == 2 { print int($4 / 1024) }')
	test "$free_mib" -gt "$pool_mib" ||
		skip "$parent has $free_mib MiB free, too few for $pool_mib"
fi

clean_up()
{
	test -z "$mount_mib" || umount "$pool" 2>/dev/null
	rm -rf "$scratch"
}

scratch=$(mktemp -d "$parent/vmmalloc-test.XXXXXX") || exit 99
trap clean_up EXIT
trap 'exit 99' HUP INT TERM
pool=$scratch/pool
work=$scratch/work
mkdir "$pool" "$work" || exit 99
ulimit -c 0

mount_pool()
{
	case $folder in
	tmpfs)
		set -- -t tmpfs -o "size=${mount_mib}m" tmpfs
		;;
	disk)
		PATH=$PATH:/usr/sbin:/sbin
		truncate -s "${mount_mib}M" "$scratch/image" &&
			mkfs.ext4 -q -m 0 "$scratch/image" ||
			skip "mkfs.ext4 does not work here"
		set -- -t ext4 -o loop "$scratch/image"
		;;
	reflink)
		PATH=$PATH:/usr/sbin:/sbin
		truncate -s "${mount_mib}M" "$scratch/image" &&
			mkfs.xfs -q -m reflink=1 "$scratch/image" ||
			skip "mkfs.xfs does not work here"
		set -- -t xfs -o loop "$scratch/image"
		;;
	esac
	mount "$@" "$pool" || skip "not permitted: mount $*"
	rm -rf "$pool/lost+found"
}

# Runs a command with its memory in the pool, or without one for "system".
run()
{
	run_how=$1
	shift
	if test "$run_how" = system; then
		timeout $run_seconds "$@"
		return
	fi
	run_library=$TEST_BUILDDIR/.libs/libvmmalloc.so.1
	run_path=$TEST_BUILDDIR/backends/.libs
	case $run_how in
	*-debug)
		run_library=$TEST_BUILDDIR/debug/.libs/libvmmalloc.so.1
		run_path=$TEST_BUILDDIR/debug/.libs:$run_path
		;;
	esac
	timeout $run_seconds env \
		LD_PRELOAD="$run_library" \
		VMMALLOC_BACKEND="${run_how%-debug}" \
		VMMALLOC_BACKEND_PATH="$run_path" \
		VMMALLOC_POOL_DIR="$pool" \
		VMMALLOC_POOL_SIZE="${pool_mib}M" \
		"$@"
}

# Keeps the script's output, errors and exit status in $scratch/$1.
run_app()
{
	(
		cd "$work" && rm -rf ./* &&
		run "$1" sh "$TEST_SRCDIR/tests/apps/$program.sh"
	) >"$scratch/$1" 2>&1 </dev/null
	status=$?
	echo "exit status $status" >>"$scratch/$1"
	return $status
}

# NAME must end with the status in the table of expected ones.
run_misuse()
{
	build=release
	test "$backend" = "${backend%-debug}" || build=debug
	expected=$(grep "^$name $build " "$TEST_SRCDIR/tests/misuse/expected") ||
		fail "no line in tests/misuse/expected: $name $build"
	expected=${expected#"$name $build "}
	text=${expected#* }
	# this shell's message about the abort is not the program's
	run "$backend" sh -c 'exec "$0" >"$1" 2>"$2"' \
		"$TEST_BUILDDIR/tests/misuse/$name" "$scratch/out" "$scratch/err"
	status=$?
	cat "$scratch/out" "$scratch/err"
	case ${expected%% *} in
	never)
		test $status = 0 || fail "exit status $status"
		test ! -s "$scratch/err" || fail "a line, and no abort"
		return
		;;
	call) set -- ;;
	flush | exit) set -- passed ;;
	*) fail "when is that: $expected" ;;
	esac
	test $status = 134 || fail "exit status $status: no abort"
	test "$(cat "$scratch/out")" = "$*" || fail "not at $expected"
	test "$(wc -l <"$scratch/err")" = 1 || fail "not one line"
	pattern=$(printf '%s' "$text" | sed 's/\<P\>/0x[0-9a-f]*/g')
	grep -qx "Error (libvmmalloc): $pattern" "$scratch/err" ||
		fail "not the line: $text"
	status=0
}

case $kind in
misuse) run_misuse ;;
preload | stress)
	test -z "$mount_mib" || mount_pool
	TEST_MODULE_DIR=$TEST_BUILDDIR/tests/preload/.libs
	TEST_WORK_DIR=$work
	export TEST_MODULE_DIR TEST_WORK_DIR
	run "$backend" "$TEST_BUILDDIR/tests/preload/$program"
	status=$?
	test $status = 0 || test $status = 77 || fail "exit status $status"
	;;
apps)
	LC_ALL=C
	HOME=$work
	TMPDIR=$work
	export LC_ALL HOME TMPDIR
	run_app system
	status=$?
	test $status != 77 || skip "$(head -n 1 "$scratch/system")"
	test $status = 0 || {
		cat "$scratch/system"
		fail "exit status $status, without any preload"
	}
	run_app "$backend"
	diff "$scratch/system" "$scratch/$backend" ||
		fail "the output differs: < without and > with $backend"
	;;
*)
	fail "no such kind of test: $kind"
	;;
esac

left=$(ls -A "$pool")
test -z "$left" || fail "left behind in the pool's folder: $left"
exit $status
