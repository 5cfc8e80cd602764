# SPDX-License-Identifier: BSD-3-Clause
# A running program has too little of something, for a while: limits of the
# process, room, a quota, its directory, the memory of its control group. With
# every backend and in every mode of fork; TEST_FAULTS=short: with native only.
. "$TEST_SRCDIR/tests/lib.sh"

enter_namespace
make_scratch
chmod 755 "$scratch"
test "${TEST_FAULTS-}" != short || TEST_BACKENDS=native

nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
group=
remove_group()
{
	test -z "$group" || rmdir "$group"
}

# trouble KIND BACKEND MODE: in a new file system
trouble()
{
	directory=$pool/own
	mount -t tmpfs -o size=256m tmpfs "$pool" ||
		skip "not permitted: mount"
	mkdir "$directory" && chmod 777 "$directory"
	(
		VMMALLOC_FORK=$3
		test "$3" != return || {
			VMMALLOC_FORK=1
			VMMALLOC_FORK_RETURN=1
			export VMMALLOC_FORK_RETURN
		}
		export VMMALLOC_FORK
		run_as=
		case $1 in
		nproc | read-only)
			# neither holds for root
			chown 65534 "$directory"
			run_as=$nobody
			;;
		memlock) run_as=$nobody ;;
		group)
			VMMALLOC_LIMIT=cgroup
			export VMMALLOC_LIMIT
			;;
		esac
		under="timeout 300 $run_as"
		pool_place=$directory
		if test "$1" = group; then
			# the program itself, so that it joins the group
			# shellcheck disable=SC2016
			preload "$2" 128M sh -c \
				'echo $$ >"$0"/cgroup.procs && exec "$@"' \
				"$group" "$program" "$1"
		else
			preload "$2" 128M "$program" "$1"
		fi
	) >"$scratch/out" 2>&1
	status=$?
	cases=$((cases + 1))
	case $status in
	0) ;;
	77) echo "$1: $(cat "$scratch/out")" ;;
	*) fail "$*: exit status $status: $(cat "$scratch/out")" ;;
	esac
	left=$(ls -A "$directory" 2>/dev/null)
	test -z "$left" || fail "$*: left behind: $left"
	umount "$pool" || fail "$*: the file system is in use"
}

program=$TEST_BUILDDIR/tests/faults/trouble
kinds='as data fsize nofile full gone'
if $nobody test -r "$library" -a -x "$program" -a -x "$scratch" 2>/dev/null
then
	kinds="$kinds memlock nproc read-only"
else
	echo "not tried, nobody may not run $program: memlock nproc read-only"
fi
for parent in /sys/fs/cgroup/memory /sys/fs/cgroup; do
	for file in memory.limit_in_bytes memory.max; do
		test -z "$group" && test -e "$parent/cgroup.procs" &&
			mkdir "$parent/vmmalloc-$$" 2>/dev/null || continue
		group=$parent/vmmalloc-$$
		if echo 64M >"$group/$file"; then
			kinds="$kinds group"
		else
			rmdir "$group"
			group=
		fi
	done 2>/dev/null
done
test -n "$group" || echo "not tried, no control group to be had: group"
trap 'remove_group; remove_scratch' EXIT

for backend in $TEST_BACKENDS; do
	for mode in 1 2 3 return; do
		for kind in $kinds; do
			trouble "$kind" "$backend" "$mode"
		done
	done
done
finish
