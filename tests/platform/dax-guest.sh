# SPDX-License-Identifier: BSD-3-Clause
# The part of tests/platform/dax.sh that runs in the emulated machine, with
# busybox: dax-guest.sh short|long BACKEND... Prints one line per test, "passed:
# " or "FAILED: ", and one at the end. "long" also has a pool of huge pages,
# which few machines have to spare; "short" has all fork modes for the first
# backend only, and one for each of the others.
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
	else
		check_empty "$4, $1, mode $3, $2"
	fi
}

# check_empty WHAT: no file is left behind
check_empty()
{
	if test "$(ls -A $directory)$(ls -A $huge)" != lost+found; then
		fail "$1: left behind a file"
	else
		passed "$1"
	fi
}

# several BACKEND PLACES PLACEMENT MODE "N F" COMMAND...: tests/platform/places.c
# with a heap in several places. N MiB or more are used near, and F far.
several()
{
	several_what="$1, $2, $3, mode $4: $6"
	# shellcheck disable=SC2086 # words
	set -- $5 -- "$@"
	near=$1
	far=$2
	shift 3
	several_backend=$1
	several_places=$2
	several_placement=$3
	several_mode=$4
	shift 5
	text=$(preloaded "$several_backend" "$several_places" \
		VMMALLOC_PLACEMENT="$several_placement" \
		VMMALLOC_FORK="$several_mode" /test/places 48 "$@" 2>&1)
	status=$?
	# shellcheck disable=SC2086 # nothing, or two numbers
	set -- $text 0 0
	if test $status != 0 || test "$1" -lt "$near" || test "$2" -lt "$far"
	then
		fail "$several_what: exit status $status: $text"
	else
		passed "$several_what: $text"
	fi
}

# check_places BACKEND MODE...: stripes on a file system with DAX, and tiers of
# that, of memory, of huge pages and of a device
check_places()
{
	check_backend=$1
	shift
	check_first=$1
	mkdir -p $directory/a $directory/b
	set_of_tiers="$directory:48M,$device:256M"
	test "$is_whole" = no || set_of_tiers="$set_of_tiers
		ram:48M,$directory:96M $directory:48M,ram:96M"
	test "$length" = short || set_of_tiers="$set_of_tiers
		$directory:48M,$huge:96M $huge:48M,$directory:96M"
	stripes="$directory/a:96M,$directory/b:96M"
	several "$check_backend" "$stripes" stripe 1 "24 90" fill 100000
	for mode; do
		several "$check_backend" "$stripes" stripe "$mode" "0 0" fork
	done
	for tiers in $set_of_tiers; do
		several "$check_backend" "$tiers" overflow \
			"$check_first" "30 70" fill 100000
		test "$length" = short || several "$check_backend" "$tiers" \
			ratio=1:1 "$check_first" "20 20" use 3000000 60
		for mode; do
			several "$check_backend" "$tiers" overflow "$mode" \
				"0 0" fork
		done
	done
	rmdir $directory/a $directory/b || fail "files are left"
	check_empty "$check_backend, several places"
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
is_whole=yes
modes="1 2 3"
for backend; do
	check_device "$backend"
	for place in $places; do
		for program in $once; do
			cell "$backend" $place 1 "$program"
		done
		for mode in $modes; do
			for program in $always; do
				cell "$backend" $place $mode "$program"
			done
		done
	done
	if test "$length" = short; then
		check_places "$backend" 2
		# of the other backends
		is_whole=no
		once=in-pool
		case $modes in
		1) modes=3 ;;
		*) modes=1 ;;
		esac
	else
		check_places "$backend" 1 2 3
		cell "$backend" $directory 2 fork-closed-descriptors
	fi
done
test $failures = 0 || exit 1
echo "all $count passed"
