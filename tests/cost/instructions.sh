# SPDX-License-Identifier: BSD-3-Clause
# The path through the exported malloc and free, as compiled: malloc is a jump
# through the live table; free recognises foreign pointers with one range check,
# in at most four instructions before the jump.
. "$TEST_SRCDIR/tests/lib.sh"

test "$(uname -m)" = x86_64 || skip "knows only the instructions of x86-64"
need objdump

make_scratch "$fast_dir"
shown=$scratch/code

# The instructions of a function up to its first unconditional jump, one per
# line, without endbr64.
disassemble()
{
	objdump -d --no-show-raw-insn --disassemble="$1" "$library" |
		sed -n "/<$1>:\$/,/^\$/p" | sed 1d |
		sed 's/^[^:]*:[[:space:]]*//; s/[[:space:]]*#.*//' |
		awk '{ print } $1 ~ /^(notrack|bnd)?jmp/ { exit }' |
		grep -v '^endbr64' >"$scratch/code"
	last=$(tail -n 1 "$scratch/code")
	before=$(($(wc -l <"$scratch/code") - 1))
	loads=$(grep -c '(' "$scratch/code")
}

# The core was built without optimisation, to be debugged or measured.
disassemble malloc
! grep -q '^push *%rbp' "$scratch/code" || skip "built without optimisation"

case $last in
*jmp*\**) ;;
*) fail "malloc does not end in an indirect jump: $last" ;;
esac
test "$loads" = 1 || fail "malloc has $loads loads, not 1"
test "$before" = 0 || fail "malloc: $before instructions before the jump"

disassemble free
case $last in
*jmp*\**) ;;
*) fail "free does not end in an indirect jump: $last" ;;
esac
test "$before" -le 4 || fail "free: $before instructions before the jump"
test "$(grep -c '^j[a-z]* ' "$scratch/code")" -le 2 ||
	fail "free has more than one check before its jump"

# The layer for a heap profile, as it passes a call on: with the jump malloc has 4
# instructions more, and free 3 (doc/tuning.md).
for function in malloc:3 free:2; do
	disassemble "profile_${function%:*}"
	test ! -s "$scratch/code" || test "$before" -le "${function#*:}" ||
		fail "profile_$function: $before instructions before the jump"
done

# When blocks are returned to their slab, its metadata (two cache lines) is
# prefetched, and before that its number. gcc drops calls of a function that
# does nothing but prefetch.
objdump -d --no-show-raw-insn "$backends/native.so" |
	grep prefetch >"$scratch/code"
test "$(wc -l <"$scratch/code")" -ge 3 ||
	fail "the compiler has dropped prefetches of native"

# count_once MODE ROW LEAST MOST
count_once()
{
	if ! (cd "$TEST_BUILDDIR" && "$TEST_SRCDIR/bench/instructions" \
		--allocators native --mode "$1" >"$scratch/code" 2>&1); then
		fail "bench/instructions ends with an error"
		return
	fi
	awk -v least="$3" -v most="$4" -v row="$2" 'BEGIN { n = -1 }
		index($0, row) == 1 { n = $NF }
		END { exit !(n >= least && n <= most) }' "$scratch/code"
}

# count MODE ROW LEAST MOST: instructions in steady state, including the backend.
# On a busy machine more calls look at the clock and find that it is time to
# return blocks: three attempts.
count()
{
	for _ in 1 2 3; do
		! count_once "$@" || return 0
		cat "$scratch/code"
	done
	fail "$2: not $3 to $4 instructions"
}

if ! command -v valgrind >/dev/null ||
	! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
	echo "no valgrind or no python3: not counted"
elif ! can_valgrind valgrind -q --tool=none "$TEST_BUILDDIR/bench/pair" \
	same 1; then
	echo "valgrind cannot read this compiler's debug information: not counted"
else
	count same "malloc+free, same thread, in turn" 1 40
	count same "of these in locks" 0 0
	# medium blocks: no lock, at most three times the cost of 32 KiB
	count same:32768 "malloc+free of 32 KiB" 1 64
	count same:65536 "malloc+free of 64 KiB" 1 120
	count same:65536 "of these in locks" 0 0
	count same:1048576 "malloc+free of 1 MiB" 1 120
	# locks are detected at all
	count batch "both in batches, in locks" 0.1 5
	count remote "free, remote" 1 60
fi

finish
