# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# For scripts that run their other half, NAME-guest.sh, in an emulated machine:
#
#	begin_machine NAME BACKEND...
#	... copy more files to $root, which is /test in the machine ...
#	run_machine SECONDS VM-OPTION... -- ARGUMENT...
#
# or run_machines, for one machine per backend, or other part of the work.
#
# The guest prints a line "passed: WHAT" or "FAILED: WHAT" for each of its tests,
# and "all N passed" at its end.
. "$TEST_SRCDIR/tests/lib.sh"

# begin_machine NAME BACKEND...: the library, backends and the script for it.
begin_machine()
{
	make_scratch
	root=$scratch/root/test
	mkdir -p "$root/backends" || exit 99
	cp "$TEST_SRCDIR/tests/lib.sh" "$root" || exit 99
	cp "$TEST_SRCDIR/tests/platform/$1-guest.sh" "$root/guest.sh" || exit 99
	cp -L "$library" "$root" || exit 99
	shift
	for backend; do
		cp "$backends/$backend.so" "$root/backends" || exit 99
	done
}

# run_machines SECONDS VM-OPTION... -- ARGUMENT...: run_machine for each word of
# $parts, the backends unless it is set, concurrently and with the word as a last
# argument. What they print is shown one after the other, and is in
# $scratch/out-PART.
parts=$TEST_BACKENDS
run_machines()
{
	for part in $parts; do
		(run_machine_to "$scratch/out-$part" "$@" "$part") \
			>"$scratch/result-$part" 2>&1 &
		eval "machine_$part=\$!"
	done
	why=
	for part in $parts; do
		eval "wait \"\$machine_$part\""
		result=$?
		cat "$scratch/result-$part"
		case $result in
		0) ;;
		77) why="$part: $(tail -n 1 "$scratch/result-$part")" ;;
		*) fail "the machine of $part" ;;
		esac
	done
	test "$failures" != 0 || test -z "$why" || skip "$why"
	test "$failures" = 0 || exit 1
}

# run_machine SECONDS VM-OPTION... -- ARGUMENT...: runs it with the arguments;
# a machine that was too slow, or could not be had, is a skip. What it prints is
# in $scratch/out.
run_machine()
{
	run_machine_to "$scratch/out" "$@"
}

# run_machine_to FILE SECONDS VM-OPTION... -- ARGUMENT...
run_machine_to()
{
	out=$1
	limit=$2
	shift 2
	options=
	while test "$1" != --; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # words without blanks
	sh "$TEST_SRCDIR/tests/vm/vm.sh" --root "$scratch/root" $options \
		--seconds "$limit" sh /test/guest.sh "$@" >"$out" 2>&1
	status=$?
	cat "$out"
	passed=$(grep -c '^passed: ' "$out")
	! grep -q '^FAILED: ' "$out" || die "in the machine; see above"
	case $status in
	0) ;;
	124) skip "after $limit s; until then $passed passed, and none failed" ;;
	125) skip "there is no machine: $(tail -n 1 "$out")" ;;
	*) die "exit status $status" ;;
	esac
	grep -q "^all $passed passed\$" "$out" ||
		die "not all of it has run"
}
