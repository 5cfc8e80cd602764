# SPDX-License-Identifier: BSD-3-Clause
# The part of tests/platform/dax.sh that runs in the emulated machine, with
# busybox: dax-guest.sh short|long ext4|xfs BACKEND. Prints one line per test,
# "passed: " or "FAILED: ", and one at the end. "long" also has a pool of huge
# pages, which few machines have to spare. The device is tried in the machine with
# ext4.
. /test/lib.sh

length=$1
system=$2
backend=$3
device=/dev/dax0.0
directory=/mnt/pmem
huge=/mnt/huge
count=0
# enough to show that every size and alignment lies in the pool
TEST_DIVISOR=20
TEST_WORK_DIR=/tmp
LD_LIBRARY_PATH=/test
export TEST_DIVISOR TEST_WORK_DIR LD_LIBRARY_PATH

passed()
{
	echo "passed: $*"
	count=$((count + 1))
}

# preloaded PLACE COMMAND...: all of a device is mapped, whatever size is set for
# the pool.
preloaded()
{
	case $1 in
	"$device") size=4G ;;
	*) size=256M ;;
	esac
	place=$1
	shift
	timeout 300 env LD_PRELOAD=/test/libvmmalloc.so.1 \
		VMMALLOC_BACKEND="$backend" \
		VMMALLOC_BACKEND_PATH=/test/backends \
		VMMALLOC_POOL_DIR="$place" VMMALLOC_POOL_SIZE=$size "$@"
}

# cell PLACE MODE PROGRAM
cell()
{
	preloaded "$1" VMMALLOC_FORK="$2" "/test/preload/$3"
	status=$?
	if test $status != 0; then
		fail "$3, $backend, mode $2, $1: exit status $status"
	else
		check_empty "$3, $backend, mode $2, $1"
	fi
}

# check_empty WHAT: no file is left behind
check_empty()
{
	left=$(find $directory $huge -mindepth 1 ! -name lost+found)
	if test -n "$left"; then
		fail "$1: left behind $left"
	else
		passed "$1"
	fi
}

# several PLACES PLACEMENT MODE "N F" COMMAND...: tests/platform/places.c with a
# heap in several places. N MiB or more are used near, and F far.
several()
{
	several_what="$backend, $1, $2, mode $3: $5"
	several_places=$1
	several_placement=$2
	several_mode=$3
	near=${4% *}
	far=${4#* }
	shift 4
	text=$(preloaded "$several_places" \
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

# check_places TIERS...: stripes on a file system with DAX, and tiers
check_places()
{
	mkdir -p $directory/a $directory/b
	stripes="$directory/a:96M,$directory/b:96M"
	several "$stripes" stripe 1 "24 90" fill 100000
	for mode in 1 2 3; do
		several "$stripes" stripe $mode "0 0" fork
	done
	for tiers; do
		several "$tiers" overflow 1 "30 70" fill 100000
		test "$length" = short ||
			several "$tiers" ratio=1:1 1 "20 20" use 3000000 60
		for mode in 1 2 3; do
			several "$tiers" overflow $mode "0 0" fork
		done
	done
	rmdir $directory/a $directory/b || fail "files are left"
	check_empty "$backend, several places"
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
	preloaded $device VMMALLOC_STATS_FILE=/tmp/report \
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
	test "$failures" != "$before" || passed "the device as a whole, $backend"
}

# check_kind PLACE KIND: what kind of memory the kernel says that the heap is
check_kind()
{
	if text=$(preloaded "$1" /test/dax "$2" 2>&1); then
		passed "$1 is $2, $backend"
	else
		fail "$1 is not $2, $backend: $text"
	fi
}

ask()
{
	/test/redis-cli -s /tmp/redis "$@"
}

# start COMMAND...: a redis server that answers. If it disabled huge pages, as it
# does by default, the kernel would not map a device for it.
start()
{
	"$@" /test/redis-server --port 0 --unixsocket /tmp/redis --save '' \
		--dir /tmp --enable-debug-command local --disable-thp no \
		>/tmp/redis.log 2>&1 &
	tries=0
	until test "$(ask ping 2>/dev/null)" = PONG; do
		tries=$((tries + 1))
		test $tries -lt 200 || break
		sleep 0.2
	done
}

stop()
{
	ask shutdown nosave force >/dev/null 2>&1
	wait
}

# application PLACE MODE: redis, whose child writes a dump while it goes on; the
# dump is read without the library
application()
{
	start preloaded "$1" VMMALLOC_FORK="$2"
	ask debug populate 3000 key 400 >/dev/null
	ask debug populate 8 large 1000000 >/dev/null
	digest=$(ask debug digest)
	ask bgsave >/dev/null
	ask debug populate 3000 more 400 >/dev/null
	tries=0
	until ask info persistence | grep -q rdb_bgsave_in_progress:0; do
		tries=$((tries + 1))
		test $tries -lt 200 || break
		sleep 0.2
	done
	text=$(ask info persistence | tr -d '\r' |
		sed -n 's/^rdb_last_bgsave_status://p')
	text="$text $(ask dbsize)"
	stop
	start env
	text="$text $(ask debug digest)"
	stop
	rm -f /tmp/dump.rdb
	if test "$text" = "ok 6008 $digest" && test ${#digest} = 40; then
		check_empty "redis, $backend, mode $2, $1"
	else
		fail "redis, $backend, mode $2, $1: $text, not $digest"
		cat /tmp/redis.log
	fi
}

# Memory of this machine can also be set aside as huge pages.
mkdir $huge
mount -t hugetlbfs none $huge || fail "no hugetlbfs"
always="fork-private"
once="in-pool"
places=$directory
tiers=
if test "$system" = ext4; then
	places="$places $device"
	tiers="$directory:48M,$device:256M"
	check_device
	check_kind $device device
fi
check_kind $directory file
check_kind /dev/shm other
if test "$length" = long; then
	always="$always fork-generations fork-handlers fork-purge fork-threads"
	once="$once calloc-zero closed-descriptors fork-storm realloc"
	echo 200 >/proc/sys/vm/nr_hugepages
	test "$(cat /proc/sys/vm/nr_hugepages)" = 200 || fail "no huge pages"
	test "$system" = xfs || places="$places $huge"
	tiers="$tiers ram:48M,$directory:96M $directory:48M,ram:96M
		$directory:48M,$huge:96M $huge:48M,$directory:96M"
fi
for place in $places; do
	for program in $once; do
		cell "$place" 1 "$program"
	done
	for mode in 1 2 3; do
		for program in $always; do
			cell "$place" $mode "$program"
		done
		test "$place" = $huge || application "$place" $mode
	done
done
# shellcheck disable=SC2086 # words
check_places $tiers
test "$length" = short || cell $directory 2 fork-closed-descriptors
test "$failures" = 0 || exit 1
echo "all $count passed"
