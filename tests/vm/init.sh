# SPDX-License-Identifier: BSD-3-Clause
# The first process of the machine that vm.sh runs, with the kind of the file
# system, the sizes in MiB of the memory for it and for the device, 0 for none, and
# the names of modules: sets up that memory, and runs the command. The serial ports are, in
# order: messages of the kernel, the output, and the result, "exit STATUS" or
# "error TEXT".
PATH=/vm/bin
export PATH
system=$1
pmem=$2
devdax=$3
shift 3

# The end: what has gone out of a serial port when it is closed has been sent.
finish()
{
	echo "$*" >/dev/ttyS2
	/vm/busybox poweroff -f
}

# await_disk PATH: until its driver, which works concurrently, has made the node
await_disk()
{
	tries=0
	until test -b "$1"; do
		tries=$((tries + 1))
		test $tries -lt 600 || finish error "there is no $1"
		sleep 0.1
	done
}

# make_device REGION: gives the memory of a region to the driver of device DAX,
# 2 MiB for each entry of a page table
make_device()
{
	nd=/sys/bus/nd
	seed=$(cat $nd/devices/"$1"/dax_seed)
	space=namespace${1#region}.0
	echo "$space" >$nd/drivers/nd_pmem/unbind &&
		cat /proc/sys/kernel/random/uuid >$nd/devices/"$seed"/uuid &&
		echo 2097152 >$nd/devices/"$seed"/align &&
		echo ram >$nd/devices/"$seed"/mode &&
		echo "$space" >$nd/devices/"$seed"/namespace &&
		echo "$seed" >$nd/drivers/dax_pmem/bind
}

/vm/busybox mkdir -p /vm/bin /bin /dev /mnt/pmem /proc /root /run /sys /tmp
/vm/busybox --install -s /vm/bin
/vm/busybox --install -s /bin 2>/dev/null # keeps the files that are there
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
chmod 1777 /tmp /dev/shm

for module; do
	test ! -f "/vm/$module.ko" || insmod "/vm/$module.ko" ||
		finish error "cannot load the module $module"
done
# regions are numbered by their addresses
region=0
if test "$pmem" != 0; then
	await_disk /dev/pmem0
	# in units of 2 MiB, which are mapped at once
	case $system in
	ext4) set -- -b 4096 -E stride=512,stripe_width=512 ;;
	xfs)
		set -- -m reflink=0 -d agcount=2,su=2m,sw=1 \
			-l su=32k,size=64m
		;;
	esac
	"/vm/mkfs.$system" -q "$@" /dev/pmem0 ||
		finish error "mkfs.$system fails"
	mount -t "$system" -o dax=always /dev/pmem0 /mnt/pmem ||
		finish error "cannot mount /dev/pmem0 with dax=always"
	region=1
fi
if test "$devdax" != 0; then
	await_disk /dev/pmem$region
	make_device region$region ||
		finish error "cannot make a device DAX node"
	test -c /dev/dax$region.0 || finish error "no /dev/dax$region.0"
	test $region = 0 || ln -s dax$region.0 /dev/dax0.0
fi

stty -F /dev/ttyS1 raw
cd /
# through a pipe, so that no program sees a terminal
{
	PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root \
		/bin/sh /vm/command </dev/null 2>&1
	echo $? >/vm/status
} | cat >/dev/ttyS1
finish exit "$(cat /vm/status)"
