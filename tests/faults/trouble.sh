# SPDX-License-Identifier: BSD-3-Clause
# A running program has too little of something, for a while: limits of the
# process, room, its directory, the memory of its control group; or its file
# system dies. With every backend and in every mode of fork; TEST_FAULTS=short:
# with native only. TROUBLE_KINDS: of these kinds only.
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

# mount_image TYPE OPTIONS MKFS-OPTION...: a file system that can be shut down,
# or has quotas
mount_image()
{
	type=$1
	options=loop,$2
	shift 2
	rm -f "$scratch/image"
	truncate -s 320M "$scratch/image" &&
		"mkfs.$type" -q "$@" "$scratch/image" >/dev/null 2>&1 &&
		mount -t "$type" -o "$options" "$scratch/image" "$pool" \
			2>/dev/null
}

# mount_quota user|project|xfs: a file system with such a quota for nobody, who
# has room for the pool and a little more
mount_quota()
{
	case $1 in
	xfs) mount_image xfs prjquota ;;
	*)
		mount_image ext4 usrquota,prjquota -O quota,project \
			-E quotatype=usrquota:prjquota
		;;
	esac && mkdir "$directory" || return
	if test "$1" = user; then
		setquota -u 65534 0 160M 0 0 "$pool"
	else
		chattr -p 7 +P "$directory" &&
			setquota -P 7 0 160M 0 0 "$pool"
	fi
}

# trouble KIND BACKEND MODE: in a new file system
trouble()
{
	directory=$pool/own
	what=$1
	case $1 in
	dead) mount_image ext4 rw -m 0 ;;
	quota-*)
		mount_quota "${1#quota-}"
		what=full
		;;
	*) mount -t tmpfs -o size=256m tmpfs "$pool" ;;
	esac || skip "not permitted: mount"
	mkdir -p "$directory" && chmod 777 "$directory"
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
		memlock | quota-*) run_as=$nobody ;;
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
			preload "$2" 128M "$program" "$what"
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

# try_quotas: adds the kinds of quota that the kernel has
try_quotas()
{
	directory=$pool/own
	for quota in user project xfs; do
		if mount_quota $quota >"$scratch/out" 2>&1; then
			kinds="$kinds quota-$quota"
		else
			echo "not tried, no quotas of the kernel, or no" \
				"setquota: quota-$quota"
		fi
		umount "$pool" 2>/dev/null
	done
}

program=$TEST_BUILDDIR/tests/faults/trouble
PATH=$PATH:/usr/sbin:/sbin
TROUBLE_KINDS=${TROUBLE_KINDS-}
kinds=${TROUBLE_KINDS:-as data fsize nofile full gone}
if ! $nobody test -r "$library" -a -x "$program" -a -x "$scratch" 2>/dev/null
then
	echo "not tried, nobody may not run $program: memlock nproc read-only"
elif test -z "$TROUBLE_KINDS"; then
	kinds="$kinds memlock nproc read-only"
	try_quotas
fi
if test -n "$TROUBLE_KINDS"; then
	:
elif command -v mkfs.ext4 >/dev/null && test -e /dev/loop-control; then
	kinds="$kinds dead"
else
	echo "not tried, no mkfs.ext4 or loop device: dead"
fi
for parent in /sys/fs/cgroup/memory /sys/fs/cgroup; do
	for file in memory.limit_in_bytes memory.max; do
		test -z "$group$TROUBLE_KINDS" &&
			test -e "$parent/cgroup.procs" &&
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
test -n "$group$TROUBLE_KINDS" ||
	echo "not tried, no control group to be had: group"
trap 'remove_group; remove_scratch' EXIT

for backend in $TEST_BACKENDS; do
	for mode in 1 2 3 return; do
		for kind in $kinds; do
			trouble "$kind" "$backend" "$mode"
		done
	done
done
finish
