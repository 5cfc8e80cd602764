# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc backends --check: our own backends pass, and a backend with a fault
# fails the check for it, with a line that says what is wrong.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
pool=$fast_dir
need_room "$pool" 96
VMMALLOC_POOL_DIR=$pool
# smaller than by default, to be quick
VMMALLOC_POOL_SIZE=96M
FAULTY_BASE=$backends/native.so
export VMMALLOC_POOL_DIR VMMALLOC_POOL_SIZE FAULTY_BASE

# The backends of this build may lack only what is known to be missing.
for backend in $TEST_BACKENDS; do
	"$vmmalloc" backends --check "$backend" >"$scratch/out" ||
		fail "$backend: exit status $?"
	cat "$scratch/out"
	test "$(wc -l <"$scratch/out")" = 25 || fail "$backend: not 25 lines"
	case $backend in
	tcmalloc) grep -v -e ' ok$' -e '^recovery .* lacks: ' \
		-e '^give-back .* lacks: ' ;;
	*) grep -v ' ok$' ;;
	esac <"$scratch/out" && fail "$backend does not conform"
done

# The manual explains each check.
awk '{ print $1 }' "$scratch/out" | while read -r check; do
	grep -q -e "^\.Cm .*$check" "$TEST_SRCDIR/doc/vmmalloc-backends.1" ||
		echo "FAILED: vmmalloc-backends(1) does not know the check $check"
done | grep . && fail "vmmalloc-backends(1)"

VMMALLOC_BACKEND_PATH=$TEST_BUILDDIR/tests/plugin/.libs
export VMMALLOC_BACKEND_PATH

# expect FAULT CHECK PATTERN: the line of the check matches the pattern, and a
# later check is still run.
expect()
{
	FAULTY_FAULT=$1
	export FAULTY_FAULT
	"$vmmalloc" backends --check faulty "$2" statistics \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
	test $status = 1 || fail "$1: exit status $status, not 1"
	grep -q "^$2  *FAILED: $3" "$scratch/out" ||
		fail "$1: not \"$3\" but: $(cat "$scratch/out" "$scratch/err")"
	test ! -s "$scratch/err" || fail "$1: prints $(cat "$scratch/err")"
	grep -q '^statistics ' "$scratch/out" ||
		fail "$1: the next check has not run"
}

FAULTY_FAULT=none "$vmmalloc" backends --check faulty >"$scratch/out" ||
	fail "without a fault: $(cat "$scratch/out")"
grep -v ' ok$' "$scratch/out" && fail "without a fault"

while read -r fault check pattern; do
	expect "$fault" "$check" "$pattern"
done <<'END'
zero-size zero-size two blocks of no bytes are the same: 0x
too-large too-large malloc of 1 times .* bytes sets errno to 0, not to ENOMEM$
overflow overflow calloc of .* times .* bytes returns 0x.*, not NULL$
errno errno free of 1 bytes changes errno, to 22$
alignment alignment calloc(1, 2000) is at 0x.*8, not aligned to 16$
memalign memalign memalign(.*, .*) is at 0x
usable-size usable-size not all .* usable bytes of malloc(.*) are its own$
contents contents a block of .* bytes changed while others came and went$
zeroed zeroed calloc(1, 1) is not zero$
realloc realloc realloc from 1 to 2 bytes loses some$
in-pool in-pool 0x.* (.* bytes) is not in the pool (0x.*, .* bytes)$
threads threads a block of .* bytes is not as another thread left it$
thread-exit thread-exit a block of 3000 bytes is not as another thread left
fork fork-mode1 after fork the .* has lost the bytes of a block$
fork fork-mode2 after fork the .* has lost the bytes of a block$
fork fork-mode3 after fork the .* has lost the bytes of a block$
fork-threads fork-threads-mode1 a forked child hangs: a lock was taken
fork-threads fork-threads-mode2 a forked child hangs: a lock was taken
exhaustion exhaustion in a full pool malloc(.*) sets errno to 11, not to ENO
exhaustion recovery in a full pool malloc(.*) sets errno to 11, not to ENO
crash alignment signal 6 (Aborted)$
statistics statistics with .* bytes in blocks, .* allocated grow by 0$
END

# A backend that does not load: one line, and no check is run.
cp "$TEST_SRCDIR/tests/plugin/conform.sh" "$scratch/text.so" || exit 99
VMMALLOC_BACKEND_PATH=$scratch
"$vmmalloc" backends --check text >"$scratch/out" && fail "a text passes"
test "$(wc -l <"$scratch/out")" = 1 || fail "a text: $(cat "$scratch/out")"
grep -q '^load  *FAILED: .*text.so: ' "$scratch/out" ||
	fail "a text: $(cat "$scratch/out")"

# Usage
"$vmmalloc" backends --check nosuch 2>"$scratch/err" && fail "nosuch passes"
grep -q "^vmmalloc: no backend 'nosuch' in " "$scratch/err" ||
	fail "nosuch: $(cat "$scratch/err")"
"$vmmalloc" backends --check native nosuch 2>"$scratch/err"
test $? = 2 || fail "an unknown check is run"
grep -q "^vmmalloc: backends: no check 'nosuch'; " "$scratch/err" ||
	fail "an unknown check: $(cat "$scratch/err")"

finish
