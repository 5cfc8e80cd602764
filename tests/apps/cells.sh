# SPDX-License-Identifier: BSD-3-Clause
# One application with one backend: cells.sh tests/apps/NAME.BACKEND.app runs
# tests/apps/NAME.sh without the library, and then with it in each of the cells
# TEST_CELLS: MODE.PLACE, of which tests/matrix.sh knows the modes (1, 2, 3 and
# return, which is mode 1 with VMMALLOC_FORK_RETURN=1) and places. Each must
# print the same, unless tests/apps/known has the cell and the reason; then it
# must not, so that the file stays true.
#
# The lines "cell: NAME BACKEND MODE PLACE RESULT" in the log are what
# scripts/apps-table makes the table of doc/compatibility.md from.
. "$TEST_SRCDIR/tests/lib.sh"

name=${1##*/}
name=${name%.app}
backend=${name##*.}
name=${name%.*}
make_scratch
TEST_REFERENCE=$scratch/reference
export TEST_REFERENCE

# known MODE PLACE: the key of the reason that tests/apps/known has for the cell.
known()
{
	sed '/^#/d; /^$/d' "$TEST_SRCDIR/tests/apps/known" |
		while read -r key names backends modes places; do
			for pair in "$name/$names" "$backend/$backends" \
				"$1/$modes" "$2/$places"; do
				case "|${pair#*/}|" in
				*"|${pair%%/*}|"* | '|any|') ;;
				*) continue 2 ;;
				esac
			done
			echo "$key"
			break
		done
}

for cell in ${TEST_CELLS:-1.tmpfs 2.tmpfs}; do
	mode=${cell%.*}
	place=${cell#*.}
	case $mode in
	return) test_name=$name-return ;;
	*) test_name=$name-mode$mode ;;
	esac
	sh "$TEST_SRCDIR/tests/matrix.sh" \
		"tests/apps/$test_name.$place.$backend.t" >"$scratch/log" 2>&1
	status=$?
	reason=$(known "$mode" "$place")
	cases=$((cases + 1))
	case $status in
	0)
		result=pass
		test -z "$reason" ||
			fail "works, but tests/apps/known has it: $reason"
		;;
	77) skip "$(sed -n 's/^skipped: //p' "$scratch/log" | head -n 1)" ;;
	*)
		result=${reason:-failed}
		if test -n "$reason"; then
			echo "$cell: known not to work: $reason"
		else
			fail "$cell"
		fi
		tail -n 60 "$scratch/log"
		;;
	esac
	echo "cell: $name $backend $mode $place $result"
done
finish
