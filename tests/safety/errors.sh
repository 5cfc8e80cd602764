# SPDX-License-Identifier: BSD-3-Clause
# The result of a wrong environment: one line on stderr, word for word, status
# 127, nothing on stdout and nothing left behind. Each case sets some variables
# and expects one line.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

mkdir "$scratch/empty" "$scratch/plugins" || exit 99
echo "not a library" >"$scratch/plugins/text.so"
echo "a file" >"$scratch/file"
ln -s nowhere "$scratch/dangling"

# run VARIABLE=VALUE...: runs true under the library, with only these variables.
run()
{
	env -i PATH="$PATH" LD_PRELOAD="$library" "$@" true \
		>"$scratch/out" 2>"$scratch/err"
}

# expect TEXT VARIABLE=VALUE...: the run must end with this message.
expect()
{
	expected="Error (libvmmalloc): $1"
	shift
	cases=$((cases + 1))
	run "$@"
	status=$?
	test $status = 127 || fail "exit status $status, not 127: $*"
	echo "$expected" | cmp -s - "$scratch/err" || {
		fail "other text for: $*"
		echo "expected: $expected"
		echo "got:      $(cat "$scratch/err")"
	}
	test ! -s "$scratch/out" || fail "output on stdout: $*"
	test -z "$(ls -A "$pool")" || fail "left behind a file: $*"
}

# Valid settings, to which each case adds one wrong variable.
good="VMMALLOC_POOL_DIR=$pool VMMALLOC_POOL_SIZE=14680064"
good="$good VMMALLOC_BACKEND=native VMMALLOC_BACKEND_PATH=$backends"

run $good || die "a good environment is refused: $(cat "$scratch/err")"
test ! -s "$scratch/err" || fail "a good run prints: $(cat "$scratch/err")"

# Missing variables
expect "environment variable VMMALLOC_POOL_DIR not specified" \
	VMMALLOC_POOL_SIZE=14680064
expect "environment variable VMMALLOC_POOL_SIZE not specified" \
	VMMALLOC_POOL_DIR="$pool"

# Sizes
junk="not a number of bytes, or a number with K, M, G or T"
expect "VMMALLOC_POOL_SIZE value is less than minimum (1048576 < 14680064)" \
	$good VMMALLOC_POOL_SIZE=1048576
expect "VMMALLOC_POOL_SIZE value is less than minimum (14680063 < 14680064)" \
	$good VMMALLOC_POOL_SIZE=14680063
expect "VMMALLOC_POOL_SIZE value is less than minimum (13631488 < 14680064)" \
	$good VMMALLOC_POOL_SIZE=13M
expect "VMMALLOC_POOL_SIZE value is less than minimum (0 < 14680064)" \
	$good VMMALLOC_POOL_SIZE=0
for value in "" " 1G" 1GB 1.5G 0x1000000 ten 16777216x 1P; do
	expect "incorrect VMMALLOC_POOL_SIZE value ($value): $junk" \
		$good "VMMALLOC_POOL_SIZE=$value"
done
for value in 18446744073709551615 18446744073709551616 16777216T; do
	expect "incorrect VMMALLOC_POOL_SIZE value ($value): too large" \
		$good "VMMALLOC_POOL_SIZE=$value"
done
expect "negative VMMALLOC_POOL_SIZE (-1)" $good VMMALLOC_POOL_SIZE=-1

expect "incorrect VMMALLOC_COMMIT value (late): neither all nor touch" \
	$good VMMALLOC_COMMIT=late

# The limit
expect "VMMALLOC_LIMIT value is less than minimum (1048576 < 14680064)" \
	$good VMMALLOC_LIMIT=1M
expect "incorrect VMMALLOC_LIMIT value (group): $junk, or cgroup" \
	$good VMMALLOC_LIMIT=group
expect "vmem pool creation failed: VMMALLOC_LIMIT is less than all of it \
(VMMALLOC_PREALLOC=1, VMMALLOC_POOL_SIZE 16777216 bytes)" \
	$good VMMALLOC_POOL_SIZE=16M VMMALLOC_LIMIT=15M VMMALLOC_PREALLOC=1
for value in "" cgroup 14M; do
	run $good VMMALLOC_LIMIT=$value ||
		fail "VMMALLOC_LIMIT=$value: $(cat "$scratch/err")"
done

# Several places
creation="vmem pool creation failed:"
text="not a list of up to 8 places, each with its size behind a colon"
for value in ram "$pool" "$pool:16M," node:0,1 ":16M"; do
	expect "incorrect VMMALLOC_TIERS value ($value): $text" \
		$good VMMALLOC_TIERS="$value"
done
expect "incorrect VMMALLOC_POOL_DIR value (:16M): $text" \
	$good VMMALLOC_POOL_DIR=:16M
expect "VMMALLOC_POOL_DIR value is less than minimum (2097152 < 14680064)" \
	$good VMMALLOC_POOL_DIR="ram:16M,$pool:2M"
expect "vmem pool creation failed: No such file or directory (VMMALLOC_TIERS \
$scratch/nowhere)" $good VMMALLOC_TIERS="ram:16M,$scratch/nowhere:16M"
text="must be overflow, ratio, ratio=N:N with a number from 1 to 1000 for each \
place, threshold=SIZE, stripe, or stripe=SIZE with a power of two from 2M on"
for value in "" first ratio=1:x threshold=0; do
	expect "incorrect VMMALLOC_PLACEMENT value ($value): $text" \
		$good VMMALLOC_PLACEMENT="$value"
done
while read -r how places text; do
	expect "$creation $text (VMMALLOC_TIERS $places)" $good \
		VMMALLOC_PLACEMENT="$how" \
		VMMALLOC_TIERS="$(echo "$places" | sed 's/16777216/16M/g')"
done <<END
stripe $pool:16777216,ram:16777216 only directories can have stripes; for \
memory there is interleave:
stripe $pool:16777216,$pool:20971520 for stripes all places need the same size
stripe=32M $pool:16777216,$pool:16777216 a place is smaller than a stripe
stripe=2M $pool:137438953472,$pool:137438953472 too many stripes: choose \
larger ones
END
expect "incorrect VMMALLOC_PLACEMENT value (ratio=1:2): 2 weights for 1 places" \
	$good VMMALLOC_PLACEMENT=ratio=1:2
for value in "ram:16M,$pool:16M" "$pool:16M" "ram:16M,ram:16M"; do
	run $good VMMALLOC_POOL_SIZE= VMMALLOC_POOL_DIR="$value" ||
		fail "VMMALLOC_POOL_DIR=$value: $(cat "$scratch/err")"
	run $good VMMALLOC_TIERS="$value" ||
		fail "VMMALLOC_TIERS=$value: $(cat "$scratch/err")"
done

# Memory nodes of a file
list="not a list of memory nodes, such as 0,2-3"
expect "incorrect VMMALLOC_POOL_POLICY value (node:x): $list" \
	$good VMMALLOC_POOL_POLICY=node:x
for value in ram interleave 0; do
	expect "incorrect VMMALLOC_POOL_POLICY value ($value): not a policy \
for memory nodes, such as interleave:0,1" \
		$good VMMALLOC_POOL_POLICY=$value
done
expect "vmem pool creation failed: only a tmpfs or hugetlbfs obeys \
VMMALLOC_POOL_POLICY (VMMALLOC_POOL_POLICY local)" \
	$good VMMALLOC_POOL_DIR="$TEST_BUILDDIR" VMMALLOC_POOL_POLICY=local
run $good VMMALLOC_POOL_DIR=ram:16M VMMALLOC_POOL_POLICY=local ||
	fail "VMMALLOC_POOL_POLICY with a pool in memory: $(cat "$scratch/err")"

# Fork modes
range="must be a number from 0 to 3"
for value in 4 -1 "" 1x one 01x 4294967297; do
	expect "incorrect VMMALLOC_FORK value ($value): $range" \
		$good "VMMALLOC_FORK=$value"
done

# Directories
creation="vmem pool creation failed:"
ln -s loop "$scratch/loop"
mkfifo "$scratch/fifo" || exit 99
while read -r value text; do
	expect "$creation $text (VMMALLOC_POOL_DIR $value)" \
		$good VMMALLOC_POOL_DIR="$value"
done <<END
$scratch/nowhere No such file or directory
$scratch/dangling No such file or directory
$scratch/file Not a directory
$scratch/file/below Not a directory
$scratch/fifo Not a directory
$scratch/loop Too many levels of symbolic links
/proc No such file or directory
/dev/null not a directory or a device DAX node
END
(
	# a relative path: the current directory is part of what is wrong
	cd "$scratch" || exit 99
	expect "$creation No such file or directory \
(VMMALLOC_POOL_DIR $(pwd -P)/nowhere)" $good VMMALLOC_POOL_DIR=nowhere
	test $failures = 0
) || failures=$((failures + 1))
expect "environment variable VMMALLOC_POOL_DIR is empty" \
	$good VMMALLOC_POOL_DIR=

# Places in memory
list="not a list of memory nodes, such as 0,2-3; begin the name of a directory \
with ./"
for value in node: node:x prefer:1- interleave:0,,1 weighted:0=1 node:1024; do
	expect "incorrect VMMALLOC_POOL_DIR value ($value): $list" \
		$good "VMMALLOC_POOL_DIR=$value"
done
mkdir "$scratch/ram" || exit 99
(
	cd "$scratch" || exit 99
	for value in ram ./ram "$scratch/ram"; do
		run $good "VMMALLOC_POOL_DIR=$value" ||
			fail "VMMALLOC_POOL_DIR=$value: $(cat "$scratch/err")"
		test ! -s "$scratch/err" || fail "printed for $value"
	done
	rmdir ram
	expect "$creation No such file or directory (VMMALLOC_POOL_DIR \
$(pwd -P)/./ram)" $good VMMALLOC_POOL_DIR=./ram
	run $good VMMALLOC_POOL_DIR=ram || fail "ram is not in memory"
	test $failures = 0
) || failures=$((failures + 1))
run $good VMMALLOC_POOL_DIR=ram VMMALLOC_POOL_SIZE=4T ||
	fail "a pool larger than memory: $(cat "$scratch/err")"
! run $good VMMALLOC_POOL_DIR=ram VMMALLOC_POOL_SIZE=4T VMMALLOC_PREALLOC=1 ||
	fail "a preallocated pool larger than memory"
grep -qx "Error (libvmmalloc): $creation Cannot allocate memory \
(VMMALLOC_POOL_SIZE 4398046511104 bytes, free in ram [0-9]* bytes)" \
	"$scratch/err" || fail "other text: $(cat "$scratch/err")"
# mbind as a sandbox, a kernel without NUMA and an old one answer
# denied ERRNO COMMAND VARIABLE=VALUE...
denied()
{
	denied_errno=$1
	denied_command=$2
	shift 2
	"$TEST_BUILDDIR/tests/safety/deny" "$denied_errno" env -i PATH="$PATH" \
		LD_PRELOAD="$library" $good "$@" "$denied_command" \
		2>"$scratch/err"
	status=$?
}

# deny TEXT ERRNO PLACE [VARIABLE [VALUE]]
deny()
{
	expected="Error (libvmmalloc): $creation $1"
	denied "$2" true "${4-VMMALLOC_POOL_DIR}=${5-$3}"
	test $status != 77 || return 0
	cases=$((cases + 1))
	test $status = 127 || fail "exit status $status, not 127: mbind: $*"
	test "$expected (${4-VMMALLOC_POOL_DIR} $3)" = \
		"$(cat "$scratch/err")" ||
		fail "other text for mbind: $*: $(cat "$scratch/err")"
}
sandbox="a sandbox forbids mbind: permit it, in Docker with --cap-add SYS_NICE, or \
use ram"
no_numa="the kernel has no memory policies (CONFIG_NUMA); use ram"
for value in local node:0 prefer:0 interleave:0 weighted:0; do
	deny "$sandbox" 1 $value
	deny "$no_numa" 38 $value
done
for value in 1:"$sandbox" 38:"$no_numa"; do
	deny "${value#*:}" "${value%%:*}" node:0 VMMALLOC_TIERS \
		ram:16M,node:0:16M
done
all_good=$good
if test "$(stat -f -c %T "$fast_dir")" = tmpfs; then
	good="$good VMMALLOC_POOL_DIR=$fast_dir"
	deny "$sandbox" 1 node:0 VMMALLOC_POOL_POLICY
	deny "$no_numa" 38 node:0 VMMALLOC_POOL_POLICY
	good=$all_good
fi
# what needs no policy works there
for value in ram "$pool" "ram:16M,$pool:16M"; do
	for errno in 1 38; do
		for mode in 1 2 3; do
			denied $errno "$TEST_BUILDDIR/tests/preload/fork-private" \
				VMMALLOC_POOL_SIZE=64M VMMALLOC_POOL_DIR="$value" \
				VMMALLOC_FORK=$mode
			cases=$((cases + 1))
			test $status = 0 || test $status = 77 ||
				fail "exit status $status: $errno, $value, mode \
$mode: $(cat "$scratch/err")"
			test -z "$(ls -A "$pool")" || fail "left: $value"
		done
	done
done
nodes=/sys/devices/system/node/has_memory
if test "$(cat $nodes 2>/dev/null)" = 0; then
	deny "the kernel has no weights (before Linux 6.9); use interleave:" \
		22 weighted:0
	for value in local node:0 prefer:0 interleave:0; do
		run $good "VMMALLOC_POOL_DIR=$value" ||
			fail "VMMALLOC_POOL_DIR=$value: $(cat "$scratch/err")"
	done
	for value in node:1 prefer:0-1 interleave:0,1 weighted:1; do
		expect "$creation no memory node 1: it does not exist, is \
offline or has no memory (there is 0) (VMMALLOC_POOL_DIR $value)" \
			$good "VMMALLOC_POOL_DIR=$value"
	done
fi

# Values of any length and with any byte: still one line, and visibly cut.
long=$(printf '%05000d' 7)
expect "VMMALLOC_POOL_DIR value is too long (5000 bytes, at most 4095): \
$(printf %.300s "$long")..." $good "VMMALLOC_POOL_DIR=$long"
expect "$creation File name too long (VMMALLOC_POOL_DIR \
/$(printf %.299s "$long")...)" \
	$good "VMMALLOC_POOL_DIR=/$(printf %.500s "$long")"
expect "incorrect VMMALLOC_POOL_SIZE value (x$(printf %.299s "$long")...): \
$junk" $good "VMMALLOC_POOL_SIZE=x$long"
expect "$creation No such file or directory (VMMALLOC_POOL_DIR /no?[1mwhere)" \
	$good "VMMALLOC_POOL_DIR=$(printf '/no\033[1mwhere')"
expect "incorrect VMMALLOC_FORK value (1?2): $range" \
	$good "VMMALLOC_FORK=$(printf '1\n2')"

# Backends. The existing ones are listed in the order of the directory.
names="a name has only letters, digits and dashes"
for value in ../native native.so "" "a b" /etc/passwd; do
	expect "incorrect VMMALLOC_BACKEND value ($value): $names" \
		$good "VMMALLOC_BACKEND=$value"
done

# expect_backend REASON THERE VARIABLE=VALUE...: the directories searched are
# the given one and then the installed one. A test only knows that this one is
# the last.
expect_backend()
{
	reason=$1
	there=$2
	shift 2
	cases=$((cases + 1))
	run "$@"
	status=$?
	test $status = 127 || fail "exit status $status, not 127: $*"
	test "$(wc -l <"$scratch/err")" = 1 || fail "not one line: $*"
	for text in "$reason" "(searched $path:/" "$there"; do
		grep -qF -e "$text" "$scratch/err" || {
			fail "no \"$text\" for: $*"
			cat "$scratch/err"
		}
	done
	test -z "$(ls -A "$pool")" || fail "left behind a file: $*"
}

# Directories of backends must be absolute: each program that inherits the
# variable would look for a relative one in another place.
begin="each directory must begin with /"
for value in plugins ./plugins ../plugins "$backends:plugins" "plugins:$backends" \
	"$backends:" ":$backends" "$backends::$scratch/plugins" : ::; do
	expect "incorrect VMMALLOC_BACKEND_PATH value ($value): $begin" \
		$good "VMMALLOC_BACKEND_PATH=$value"
done

cannot="Error (libvmmalloc): cannot load the VMMALLOC_BACKEND"
path=$backends
for name in $TEST_BACKENDS; do
	expect_backend "$cannot 'nosuch': no such backend" " $name" \
		$good VMMALLOC_BACKEND=nosuch
done
path=$scratch/empty:$scratch/plugins
expect_backend "$cannot 'nosuch': no such backend" "there: text" \
	$good VMMALLOC_BACKEND=nosuch VMMALLOC_BACKEND_PATH="$path"
expect_backend "$cannot 'text': $scratch/plugins/text.so: " "there: text" \
	$good VMMALLOC_BACKEND=text VMMALLOC_BACKEND_PATH="$path"
# a library, but not a backend
cp "$library" "$scratch/plugins/self.so"
expect_backend "$cannot 'self': it has no symbol vmmalloc_backend" "self" \
	$good VMMALLOC_BACKEND=self VMMALLOC_BACKEND_PATH="$path"

# Limits
(
	# in blocks of 512 or 1024 bytes: less than the pool, which is sparse
	ulimit -f 10000
	run $good || fail "a limit on files: exit status $?"
	test $failures = 0
) || failures=$((failures + 1))
(
	ulimit -v 200000
	expect "$creation Cannot allocate memory (VMMALLOC_POOL_SIZE \
1073741824 bytes, but the limit on address space, ulimit -v, is 204800000 \
bytes)" $good VMMALLOC_POOL_SIZE=1G
	test $failures = 0
) || failures=$((failures + 1))

# The full matrix: each variable with each kind of wrong value. Each line names
# the variable and the value, or the first bytes of a long one.
mkdir -m 0 "$scratch/closed" || exit 99
chmod 711 "$scratch"
as_nobody=
if test "$(id -u)" = 0; then
	as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	chmod 777 "$pool"
	if ! $as_nobody test -r "$library" -a -x "$backends" 2>/dev/null; then
		echo "nobody cannot read $library: as root, without access"
		as_nobody=
	fi
fi
long_path=/$(printf '%05000d' 7)

# check VARIABLE VALUE TAKEN: it is refused, or accepted without a message.
check()
{
	cases=$((cases + 1))
	$as_nobody env -i PATH="$PATH" LD_PRELOAD="$library" $good "$1=$2" \
		true >"$scratch/out" 2>"$scratch/err"
	status=$?
	test -z "$(ls -A "$pool")" || fail "left behind a file: $1=$2"
	test ! -s "$scratch/out" || fail "output on stdout: $1=$2"
	if test "$3" = taken; then
		test $status = 0 || fail "exit status $status: $1=$2"
		test ! -s "$scratch/err" || fail "printed for $1=$2"
		return
	fi
	test $status = 127 || fail "exit status $status, not 127: $1=$2"
	test "$(wc -l <"$scratch/err")" = 1 || fail "not one line: $1=$2"
	test "$(wc -c <"$scratch/err")" -le 1024 || fail "a long line: $1=$2"
	grep -q '^Error (libvmmalloc): ' "$scratch/err" || fail "no head: $1=$2"
	case $1=$(cat "$scratch/err") in
	*_PATH=*) grep -qF VMMALLOC_BACKEND "$scratch/err" ;;
	*) grep -qF "$1" "$scratch/err" ;;
	esac || fail "does not name the variable: $1=$2: $(cat "$scratch/err")"
	case $1=$(cat "$scratch/err") in
	*"(7 < "*) ;; # a size below the minimum is given as the number it is
	*) grep -qF -e "$(printf %.200s "$2")" "$scratch/err" ;;
	esac || fail "does not name the value: $1=$2: $(cat "$scratch/err")"
	test ${#2} -lt 1000 || grep -qF -e '...' -e '(7 < ' "$scratch/err" ||
		fail "does not show that the value is cut: $1=$2"
}

# kind of value:  number  negative  word  path  long
while read -r variable number negative word paths too_long; do
	check $variable 99999999999999999 $number
	check $variable 18446744073709551616 $number
	check $variable -1 $negative
	check $variable junk $word
	check $variable "" $word
	check $variable "$scratch/file" $paths
	check $variable "$scratch/dangling" $paths
	check $variable /proc $paths
	check $variable /dev/null $paths
	test -z "$as_nobody" && test "$(id -u)" = 0 ||
		check $variable "$scratch/closed" $paths
	check $variable "$long" $too_long
	check $variable "$long_path" $too_long
done <<END
VMMALLOC_POOL_DIR refused refused refused refused refused
VMMALLOC_POOL_SIZE refused refused refused refused refused
VMMALLOC_FORK refused refused refused refused refused
VMMALLOC_FORK_RETURN refused refused refused refused refused
VMMALLOC_BACKEND refused refused refused refused refused
VMMALLOC_BACKEND_PATH refused refused refused refused refused
VMMALLOC_PREALLOC refused refused refused refused refused
VMMALLOC_HUGE_PAGES refused refused refused refused refused
END
# an unwritable report is not an error, but a name that does not fit is
cd "$scratch" || exit 99
for value in "" -1 junk "$scratch/closed" /proc "$scratch/file" dangling; do
	check VMMALLOC_STATS_FILE "$value" taken
done
for value in "$long" "$long_path"; do
	check VMMALLOC_STATS_FILE "$value" refused
done
for variable in FORK_RETURN PREALLOC; do
	expect "incorrect VMMALLOC_$variable value (2): must be 0 or 1" \
		$good VMMALLOC_$variable=2
	for value in 0 1; do
		check VMMALLOC_$variable $value taken
	done
done
# preallocation when there is no room for all of it
if df -Pk "$pool" | awk 'NR == 2 { exit $4 > 1048576 * 1024 }'; then
	check VMMALLOC_POOL_SIZE 1099511627776 refused
fi

finish
