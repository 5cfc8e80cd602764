# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # say and others are those of common.sh
# What packaging/check-chroot needs to know of chroots. Its mounts are in a
# mount name space of its own, so that none is left when it ends, however it
# ends.

# The base systems, and the packages that were downloaded for each, are kept
# here.
cache=${CHROOT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vmmalloc-chroots}
# A mirror that stands still, or a clock that is ahead, is no reason to fail:
# that the files are Debian's follows from their signature. Debian's own
# builders do not install recommended packages either.
apt_options='Acquire::Check-Valid-Until "false";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
DPkg::Use-Pty "false";'

# make_base SUITE: the smallest system of the suite, as $base
make_base()
{
	base=$cache/$1.tar
	mkdir -p "$cache/$1" || exit 99
	[ ! -s "$base" ] || return 0
	say "makes $base"
	quietly mmdebstrap --variant=minbase --mode=root \
		--aptopt='Acquire::Check-Valid-Until "false"' "$1" \
		"$base.new" "${CHROOT_MIRROR:-http://deb.debian.org/debian}" ||
		die "mmdebstrap $1"
	mv "$base.new" "$base" || exit 99
}

# make_root DIRECTORY SUITE: unpacks the base there, mounts what programs
# expect, and brings it up to date. Nothing of this machine is mounted there:
# whatever is done to the directory is done to nothing else.
make_root()
{
	mkdir "$1" && tar -xpf "$base" --numeric-owner -C "$1" || exit 99
	echo "$apt_options" >"$1/etc/apt/apt.conf.d/90check" || exit 99
	mount -t proc proc "$1/proc" &&
		mount -t sysfs -o ro sysfs "$1/sys" &&
		mount -t tmpfs -o size=4g,mode=755 tmpfs "$1/dev" ||
		die "mount in $1"
	make_devices "$1/dev" || die "mknod in $1"
	cp /etc/resolv.conf "$1/etc/resolv.conf" || exit 99
	cp "$cache/$2"/*.deb "$1/var/cache/apt/archives" 2>/dev/null
	quietly inside "$1" apt-get -q update || die "apt-get update"
	quietly inside "$1" apt-get -q -y dist-upgrade ||
		die "apt-get dist-upgrade"
}

make_devices()
{
	for device in null:3 zero:5 full:7 random:8 urandom:9; do
		mknod -m 666 "$1/${device%:*}" c 1 "${device#*:}" || return
	done
	mknod -m 666 "$1/tty" c 5 0 &&
		mkdir "$1/pts" && mkdir -m 1777 "$1/shm" &&
		mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/pts" &&
		ln -s pts/ptmx "$1/ptmx" &&
		ln -s /proc/self/fd "$1/fd"
}

# remove_roots: nothing is removed while something is mounted below
remove_roots()
{
	awk -v root="$scratch/" 'index($2, root) == 1 { print $2 }' \
		/proc/self/mounts | sort -r | while read -r place; do
		umount "$place" || umount -l "$place"
	done
	if grep -qF " $scratch/" /proc/self/mounts; then
		say "something is still mounted below $scratch"
		return
	fi
	rm -rf --one-file-system "$scratch"
}

# inside ROOT COMMAND...: as root, with nothing of this machine's environment
inside()
{
	inside_root=$1
	shift
	env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		chroot "$inside_root" "$@"
}

# as_user ROOT USER COMMAND...: as this user, without a network, on a host of
# this name
as_user()
{
	as_root=$1
	as_name=$2
	shift 2
	# shellcheck disable=SC2016 # for the other shell
	inside "$as_root" unshare --net --uts sh -c 'hostname "$0" &&
		exec setpriv --reuid "$0" --regid "$0" --init-groups \
		env USER="$0" LOGNAME="$0" HOME=/home/"$0" "$@"' "$as_name" "$@"
}

# install_in ROOT PACKAGE...
install_in()
{
	install_root=$1
	shift
	quietly inside "$install_root" apt-get -q -y install "$@" ||
		die "apt-get install $*"
	cp -n "$install_root"/var/cache/apt/archives/*.deb "$cache/$suite"
}

# snapshot ROOT FILE: what is there. Caches, lists and logs of the package
# manager itself are listed, but their contents are not compared.
snapshot()
{
	(
		cd "$1" || exit
		find . -xdev -path ./var/cache/apt/archives -prune -o \
			-printf '%y %m %U:%G %p %l\n' | LC_ALL=C sort
		find . -xdev \( -path ./var/log -o -path ./var/cache -o \
			-path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune \
			-o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
		chroot . dpkg-query -W -f '${Package} ${Version} ${Status}\n'
		chroot . ldconfig -p
	) >"$2" || exit 99
}
