# SPDX-License-Identifier: BSD-3-Clause
# The part of tests/platform/dax.sh that runs in the emulated machine, with
# busybox: dax-guest.sh short|long BACKEND... Prints one line per test, "passed:
# " or "FAILED: ", and one at the end. "long" also has a pool of huge pages,
# which few machines have to spare.
. /test/lib.sh

length=$1
shift
device=/dev/dax0.0
directory=/mnt/pmem
huge=/mnt/huge
count=0
# enough to show that every size and alignment lies in the pool
TEST_DIVISOR=20
TEST_WORK_DIR=/tmp
export TEST_DIVISOR TEST_WORK_DIR

passed()
{
	echo "passed: $*"
	count=$((count + 1))
}

# preloaded BACKEND PLACE COMMAND...: all of a device is mapped, whatever size
# is set for the pool.
preloaded()
{
	case $2 in
	"$device") size=4G ;;
	*) size=256M ;;
	esac
	backend=$1
	place=$2
	shift 2
	timeout 120 env LD_PRELOAD=/test/libvmmalloc.so.1 \
		VMMALLOC_BACKEND="$backend" \
		VMMALLOC_BACKEND_PATH=/test/backends \
		VMMALLOC_POOL_DIR="$place" VMMALLOC_POOL_SIZE=$size "$@"
}

# cell BACKEND PLACE MODE PROGRAM
cell()
{
	preloaded "$1" "$2" VMMALLOC_FORK="$3" "/test/preload/$4"
	status=$?
	if test $status != 0; then
		fail "$4, $1, mode $3, $2: exit status $status"
	elif test "$(ls -A $directory)$(ls -A $huge)" != lost+found; then
		fail "$4, $1, mode $3, $2: left behind a file"
	else
		passed "$4, $1, mode $3, $2"
	fi
}

# A device serves one process at a time: a second one ends with one line that
# says so. The first one's report shows that it has all of the device.
check_device()
{
	# shellcheck disable=SC2154 # of lib.sh
	before=$failures
	real=$(readlink -f $device)
	bytes=$(cat "/sys/bus/dax/devices/${real##*/}/size")
	# timeout is the first process, env the second; LD_PRELOAD does not work
	# with busybox
	preloaded "$1" $device VMMALLOC_STATS_FILE=/tmp/report \
		timeout 60 env 2>/tmp/err
	status=$?
	test $status = 127 ||
		fail "a second process on the device: exit status $status"
	text="Error (libvmmalloc): vmem pool creation failed: the device is in"
	text="$text use by another process (VMMALLOC_POOL_DIR $device)"
	test "$(cat /tmp/err)" = "$text" || fail "other text: $(cat /tmp/err)"
	grep -q "\"reserved\": $bytes," /tmp/report ||
		fail "not all of the device's $bytes bytes: $(cat /tmp/report)"
	rm -f /tmp/report
	test $failures != $before || passed "the device as a whole, $1"
}

always="fork-private"
once="calloc-zero in-pool"
if test "$length" = long; then
	always="$always fork-generations fork-handlers fork-purge fork-threads"
	once="$once closed-descriptors fork-storm realloc"
fi
# Memory of this machine can also be set aside as huge pages.
mkdir $huge
mount -t hugetlbfs none $huge || fail "no hugetlbfs"
places="$directory $device"
if test "$length" = long; then
	echo 200 >/proc/sys/vm/nr_hugepages
	test "$(cat /proc/sys/vm/nr_hugepages)" = 200 || fail "no huge pages"
	places="$places $huge"
fi
for backend; do
	check_device "$backend"
	for place in $places; do
		for program in $once; do
			cell "$backend" $place 1 "$program"
		done
		for mode in 1 2 3; do
			for program in $always; do
				cell "$backend" $place $mode "$program"
			done
		done
	done
	test "$length" = short ||
		cell "$backend" $directory 2 fork-closed-descriptors
done
test $failures = 0 || exit 1
echo "all $count passed"
