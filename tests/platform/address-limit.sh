# SPDX-License-Identifier: BSD-3-Clause
# A limit on address space (ulimit -v, a service manager): programs start and
# fork if their pool and their other needs fit in; if they do not, the message
# says which limit it is and what to change; and the command picks a size that
# fits.
. "$TEST_SRCDIR/tests/lib.sh"

need prlimit
make_scratch "$fast_dir"

# run MIB MODE COMMAND...: with a pool of 1 GiB and at most MIB of address
# space; its errors are in $scratch/err
run()
{
	run_mib=$1
	run_mode=$2
	shift 2
	under="prlimit --as=$((run_mib * 1048576))"
	preload "$backend" 1G VMMALLOC_FORK="$run_mode" "$@" 2>"$scratch/err"
	run_status=$?
	left=$(ls -A "$pool")
	test -z "$left" || fail "left behind in the pool's directory: $left"
	return $run_status
}

# shellcheck disable=SC2016 # for the shell that runs it
forks='x=$(echo a b | sed "s/ /,/"); (test "$x" = a,b) && echo "$x" | grep -q ,'
for backend in $TEST_BACKENDS; do
	for mode in 1 2 3; do
		# little more than the pool: starts; twice as much: forks too
		run 1400 $mode true || fail "$backend, mode $mode: does not" \
			"start: $(cat "$scratch/err")"
		run 2800 $mode sh -c "$forks" || fail "$backend, mode $mode:" \
			"does not fork: $(cat "$scratch/err")"
	done
	run 900 1 true && fail "$backend: a pool larger than the limit starts"
	test $run_status = 127 || fail "$backend: exit status $run_status"
	test "$(wc -l <"$scratch/err")" = 1 ||
		fail "$backend: not one line: $(cat "$scratch/err")"
	grep -Eq 'RLIMIT_AS|ulimit -v' "$scratch/err" ||
		fail "$backend: the limit is not named: $(cat "$scratch/err")"
	grep -q VMMALLOC_POOL_SIZE "$scratch/err" || fail "$backend: nothing" \
		"is said that can be changed: $(cat "$scratch/err")"
done

# In memory, and in two places, it is the same: address space is reserved.
backend=native
for pool_place in ram "ram:512M,$pool:512M"; do
	run 1400 1 true || fail "$pool_place: does not start: $(cat "$scratch/err")"
	run 2800 1 sh -c "$forks" || fail "$pool_place: does not fork"
	run 900 1 true && fail "$pool_place: larger than the limit, and starts"
	grep -q "RLIMIT_AS\|ulimit -v" "$scratch/err" ||
		fail "$pool_place: the limit is not named: $(cat "$scratch/err")"
done
pool_place=

if test -x "$TEST_BUILDDIR/vmmalloc"; then
	text=$(prlimit --data=$((512 * 1048576)) "$TEST_BUILDDIR/vmmalloc" run \
		--dry-run -d ram true | sed -n 's/VMMALLOC_POOL_SIZE=//p')
	test "$text" = $((256 * 1048576)) ||
		fail "vmmalloc run, 512 MiB of data: a pool of $text bytes"
	for mib in 700 1500 6000; do
		text=$(prlimit --as=$((mib * 1048576)) "$TEST_BUILDDIR/vmmalloc" \
			run -d "$pool" -- sh -c "$forks; echo \$?" 2>&1)
		test "$text" = 0 ||
			fail "vmmalloc run, $mib MiB of address space: $text"
	done
else
	echo "left out: the command is not built"
fi
finish
