# SPDX-License-Identifier: BSD-3-Clause
# One cell of the matrix of tests: matrix.sh KIND/NAME.DIRECTORY.BACKEND.t
#
# KIND     preload: NAME is a program of tests/preload, or NAME-modeN one that
#          is run with VMMALLOC_FORK=N, NAME-return
#          with VMMALLOC_FORK_RETURN=1, or NAME-small-pages with
#          VMMALLOC_HUGE_PAGES=0;
#          apps: NAME.sh is a script of tests/apps; NAME-modeN likewise
#          stress: like preload, for TEST_SECONDS and in a larger pool;
#          misuse: NAME is a program of tests/misuse, which must end as
#          tests/misuse/expected says
# DIRECTORY of the pool: tmpfs (/dev/shm), disk (the build directory), reflink
#          (a file system of its own whose files can share blocks), ram (no
#          directory: the pool is in memory), tiers (16 MiB of memory, and then
#          a directory on tmpfs), stripes (two directories there), or none, with
#          BACKEND system: no preload at all
# BACKEND  the value of VMMALLOC_BACKEND; native-debug is the debug build of
#          native under the debug variant of the library
#
# Exit status 0 passed, 77 skipped (with a reason), any other failed.
. "$TEST_SRCDIR/tests/lib.sh"

cell=${1%.t}
kind=$(basename "$(dirname "$cell")")
cell=${cell##*/}
backend=${cell##*.}
cell=${cell%.*}
directory=${cell##*.}
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
preload/*-small-pages)
	VMMALLOC_HUGE_PAGES=0
	export VMMALLOC_HUGE_PAGES
	program=${name%-small-pages}
	;;
preload/*-mode[0-3] | apps/*-mode[0-3])
	VMMALLOC_FORK=${name##*-mode}
	export VMMALLOC_FORK
	program=${name%-mode?}
	;;
esac
run_seconds=300
case $kind/$program in
apps/build | apps/python-tests)
	pool_mib=4096
	run_seconds=1800
	;;
apps/*) pool_mib=4096 ;;
preload/cxx) pool_mib=256 ;;
preload/exhaustion)
	# tcmalloc keeps up to 1 MiB of free blocks per size class, which it
	# never gives to another class. Only in a pool that is large compared to
	# that, 90 % can be allocated again.
	pool_mib=64
	test "$backend" = tcmalloc && pool_mib=768
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
preload/background)
	VMMALLOC_BACKGROUND=1
	export VMMALLOC_BACKGROUND
	;;
preload/prealloc)
	pool_mib=64
	VMMALLOC_PREALLOC=1
	export VMMALLOC_PREALLOC
	;;
preload/commit-threads | preload/failed-malloc | preload/fork-full | \
	preload/full-disk | preload/full-filesystem)
	pool_mib=64
	mount_mib=96
	;;
preload/limited)
	# what other processes have on the file system would be counted
	mount_mib=600
	pool_mib=512
	export VMMALLOC_LIMIT=64M
	# jemalloc keeps free memory for ten seconds by default
	test "$backend" = jemalloc && export MALLOC_CONF=dirty_decay_ms:0
	;;
preload/reused-number) pool_mib=256 ;;
preload/sparse) pool_mib=3072 ;;
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
if test "$directory" = reflink; then
	pool_mib=256
	mount_mib=512
fi

case $directory in
none) mount_mib= ;;
ram)
	mount_mib=
	pool_place=ram
	;;
esac

test -z "$mount_mib" || enter_namespace "$@"

case $directory in
tmpfs | tiers | stripes) parent=/dev/shm ;;
disk | reflink) parent=$TEST_BUILDDIR ;;
ram | none) parent=${TMPDIR:-/tmp} ;;
*) die "no such kind of directory: $directory" ;;
esac
test -d "$parent" && test -w "$parent" ||
	skip "no directory $parent to write in"
case $directory in
ram | none) ;;
*) need_room "$parent" "$pool_mib" ;;
esac

make_scratch "$parent"
work=$scratch/work
mkdir "$work" || exit 99
case $directory in
tiers) pool_place="ram:16M,$pool:${pool_mib}M" ;;
stripes)
	mkdir "$scratch/other" || exit 99
	pool_place="$pool:$((pool_mib / 2))M,$scratch/other:$((pool_mib / 2))M"
	export VMMALLOC_PLACEMENT=stripe
	;;
esac
ulimit -c 0

mount_pool()
{
	case $directory in
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
	under="timeout $run_seconds"
	preload "$run_how" "${pool_mib}M" "$@"
}

# What the script has started, which has its scratch directory in its environment,
# must have ended; it has a few seconds for that.
end_processes()
{
	for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
		left=$(
			HOME='' TMPDIR='' # so that these commands do not have it
			grep -l "$scratch" /proc/[0-9]*/environ 2>/dev/null |
				sed 's|^/proc/||; s|/.*||'
		)
		test -n "$left" || return 0
		test $try != 10 || for pid in $left; do
			fail "still runs: $(ps -o args= -p "$pid")"
			kill -KILL "$pid"
		done
		sleep 1
	done
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
	end_processes
	return $status
}

# The output without any preload, or TEST_REFERENCE, a file that has it from an
# earlier test of the same application.
run_reference()
{
	shown=$scratch/system
	if test -s "${TEST_REFERENCE-}"; then
		cp "$TEST_REFERENCE" "$shown"
		return
	fi
	run_app system
	status=$?
	test $status != 77 || {
		head -n 1 "$shown"
		exit 77
	}
	test $status = 0 || die "exit status $status, without any preload"
	test -z "${TEST_REFERENCE-}" || cp "$shown" "$TEST_REFERENCE"
}

# NAME must end with the status in the table of expected ones.
run_misuse()
{
	build=release
	test "$backend" = "${backend%-debug}" || build=debug
	expected=$(grep "^$name $build " "$TEST_SRCDIR/tests/misuse/expected") ||
		die "no line in tests/misuse/expected: $name $build"
	expected=${expected#"$name $build "}
	text=${expected#* }
	# this shell's message about the abort is not the program's
	run "$backend" sh -c 'exec "$0" >"$1" 2>"$2"' \
		"$TEST_BUILDDIR/tests/misuse/$name" "$scratch/out" "$scratch/err"
	status=$?
	cat "$scratch/out" "$scratch/err"
	case ${expected%% *} in
	never)
		test $status = 0 || die "exit status $status"
		test ! -s "$scratch/err" || die "a line, and no abort"
		return
		;;
	fault)
		test $status = 139 || die "exit status $status: no SIGSEGV"
		test ! -s "$scratch/out" || die "not at once"
		test ! -s "$scratch/err" || die "a line"
		status=0
		return
		;;
	call) set -- ;;
	flush | exit) set -- passed ;;
	*) die "when is that: $expected" ;;
	esac
	test $status = 134 || die "exit status $status: no abort"
	test "$(cat "$scratch/out")" = "$*" || die "not at $expected"
	test "$(wc -l <"$scratch/err")" = 1 || die "not one line"
	pattern=$(printf '%s' "$text" | sed 's/\<P\>/0x[0-9a-f]*/g')
	grep -qx "Error (libvmmalloc): $pattern" "$scratch/err" ||
		die "not the line: $text"
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
	test $status = 0 || test $status = 77 || die "exit status $status"
	;;
apps)
	LC_ALL=C
	HOME=$work
	TMPDIR=$work
	export LC_ALL HOME TMPDIR
	run_reference
	shown=
	run_app "$backend"
	diff "$scratch/system" "$scratch/$backend" ||
		die "the output differs: < without and > with $backend"
	;;
*)
	die "no such kind of test: $kind"
	;;
esac

left=$(ls -A "$pool")
test -z "$left" || die "left behind in the pool's directory: $left"
test $failures = 0 || exit 1
exit $status
