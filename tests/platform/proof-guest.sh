# SPDX-License-Identifier: BSD-3-Clause
# In the machine of tests/platform/proof.sh, which has two nodes of memory:
# proof-guest.sh BACKEND... odd|even|all runs tests/platform/proof.c in each fork
# mode and place, or every second one, and prints a row of the table in
# doc/reliability.md for each place.
# shellcheck disable=SC2034,SC2154 # variables that eval sets and reads
LD_LIBRARY_PATH=/test
passed=0
# smaps overlooks huge pages that the kernel watches in order to move them by
# itself, in Linux 6.1 at least
balancing=/proc/sys/kernel/numa_balancing
test ! -f $balancing || echo 0 >$balancing || exit 1
mkdir -p /files && mount -t tmpfs -o size=8G none /files &&
	mkdir /files/a /files/b || exit 1

# numbers VARIABLE=VALUE...: those of the program, in $1 to $7
numbers()
{
	env LD_PRELOAD=/test/libvmmalloc.so.1 VMMALLOC_BACKEND="$backend" \
		VMMALLOC_BACKEND_PATH=/test/backends VMMALLOC_FORK="$mode" \
		VMMALLOC_POOL_SIZE=144M VMMALLOC_HUGE_PAGES=2 "$@" \
		/test/proof 2>&1
}

# is_on NODE NEAR FAR: whether most of it, or some on both nodes
is_on()
{
	case $1 in
	0) test "$2" -ge 60 && test "$3" -le 4 ;;
	1) test "$3" -ge 60 && test "$2" -le 4 ;;
	both) test "$2" -ge 14 && test "$3" -ge 14 && test $(($2 + $3)) -ge 60 ;;
	esac
}

# note COLUMN TEST-EXPRESSION...: notes the mode in which it does not hold
note()
{
	note_column=$1
	shift
	"$@" || eval "not_$note_column=\"\$not_$note_column \$mode\""
}

# close_column COLUMN: at the end of a backend's modes
close_column()
{
	eval "close_modes=\${not_$1# }"
	case $close_modes in
	"") return ;;
	"1 2 3") close_text=$backend ;;
	*) close_text="$backend in mode $close_modes" ;;
	esac
	eval "all_$1=\"\${all_$1:+\$all_$1, }\$close_text\"; not_$1="
}

# cell COLUMN
cell()
{
	eval "cell_text=\$all_$1"
	case $cell_text in
	"") echo yes ;;
	"$every") echo no ;;
	*) echo "not $cell_text" ;;
	esac
}

# row TEXT NODE VARIABLE=VALUE...: nothing if another machine has this row
row()
{
	n_rows=$((n_rows + 1))
	case $part$((n_rows % 2)) in
	odd0 | even1) return ;;
	esac
	row_text=$1
	row_node=$2
	shift 2
	all_place='' all_child='' all_left='' all_huge='' all_end=''
	for backend in $every_backend; do
		not_place='' not_child='' not_left='' not_huge='' not_end=''
		for mode in 1 2 3; do
			line=$(numbers "$@")
			case $line in
			*[!0-9\ ]* | "")
				echo "FAILED: $row_text, $backend, $mode: $line"
				continue
				;;
			esac
			passed=$((passed + 1))
			echo "passed: $row_text, $backend, mode $mode: $line"
			# shellcheck disable=SC2086 # seven words
			judge $line
		done
		for column in place child left huge end; do
			close_column $column
		done
	done
	echo "row: | $row_text | $row_node | $(cell place) | $(cell child) |" \
		"$(cell left) | $(cell end) | $(cell huge) |"
}

# judge NEAR FAR CHILD-NEAR CHILD-FAR LEFT HUGE END
judge()
{
	note place is_on "$row_node" "$1" "$2"
	note child is_on "$row_node" "$3" "$4"
	note left test "$5" -le 4
	note huge test "$6" -ge 2
	note end test "$7" -ge 100
}

n_rows=0
words=$*
part=${words##* }
every_backend=${words% *}
every=$(echo "$every_backend" | sed 's/ /, /g')
if test -d /sys/kernel/mm/mempolicy/weighted_interleave; then
	# what kernels before Linux 6.9 do not have
	row '`weighted:0,1`' both VMMALLOC_POOL_DIR=weighted:0,1
	row 'a tmpfs with `weighted:0,1`' both VMMALLOC_POOL_DIR=/files \
		VMMALLOC_POOL_POLICY=weighted:0,1
	echo "all $passed passed"
	exit
fi
row '`ram`' 0 VMMALLOC_POOL_DIR=ram
row '`local`' 0 VMMALLOC_POOL_DIR=local
row '`node:1`' 1 VMMALLOC_POOL_DIR=node:1
row '`prefer:1`' 1 VMMALLOC_POOL_DIR=prefer:1
row '`interleave:0,1`' both VMMALLOC_POOL_DIR=interleave:0,1
for policy in local:0 node:1:1 prefer:1:1 interleave:0,1:both; do
	row "a tmpfs with \`${policy%:*}\`" "${policy##*:}" \
		VMMALLOC_POOL_DIR=/files VMMALLOC_POOL_POLICY="${policy%:*}"
done
row '`/files/a:72M,/files/b:72M`, `stripe`, with `interleave:0,1`' both \
	VMMALLOC_POOL_DIR=/files/a:72M,/files/b:72M VMMALLOC_PLACEMENT=stripe \
	VMMALLOC_POOL_POLICY=interleave:0,1
row '`node:0:32M,node:1:112M`' both VMMALLOC_POOL_DIR=node:0:32M,node:1:112M
row '`node:1:32M,/files:112M`' both VMMALLOC_POOL_DIR=node:1:32M,/files:112M
row '`node:0:72M,node:1:72M`, `ratio`' both \
	VMMALLOC_POOL_DIR=node:0:72M,node:1:72M VMMALLOC_PLACEMENT=ratio
row '`node:0:32M,node:1:112M`, `threshold=512K`' 1 \
	VMMALLOC_POOL_DIR=node:0:32M,node:1:112M \
	VMMALLOC_PLACEMENT=threshold=512K
echo "all $passed passed"
