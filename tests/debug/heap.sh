# SPDX-License-Identifier: BSD-3-Clause
# The debug variant finds the debug build of a backend in its own directory by
# itself, and other backends in the usual one; tests/debug/heap.c tests its
# behaviour.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

# run VARIANT PATH COMMAND...
run()
{
	variant=$1
	path=$2
	shift 2
	preload native 64M LD_PRELOAD="$TEST_BUILDDIR/$variant/libvmmalloc.so.1" \
		VMMALLOC_BACKEND_PATH="$path" "$@"
}

debug=$TEST_BUILDDIR/debug/.libs
run debug/.libs "$debug:$backends" "$TEST_BUILDDIR/tests/debug/heap" ||
	fail "exit status $?"
# the test must tell the two builds apart
run debug/.libs "$backends" "$TEST_BUILDDIR/tests/debug/heap" 2>/dev/null &&
	fail "the release build passes"

# The installed directories; the library itself is not a backend.
for variant in .libs debug/.libs; do
	run $variant /nowhere env VMMALLOC_BACKEND=none true 2>"$scratch/err"
	text=$(sed 's/.*(searched \([^ ;]*\);.*/\1/' "$scratch/err")
	case $variant:$text in
	.libs:/nowhere:*/vmmalloc) ;;
	debug/.libs:/nowhere:*/vmmalloc_debug:*/vmmalloc) ;;
	*) fail "$variant searches $text" ;;
	esac
done
run debug/.libs "$debug:$backends" env VMMALLOC_BACKEND=none true \
	2>"$scratch/err"
there=$(sed 's/.*; there: \(.*\))$/\1/' "$scratch/err" | tr ' ' '\n')
test "$(echo "$there" | grep -cx native)" = 1 ||
	fail "native is not there once: $there"
echo "$there" | grep -q '^lib' && fail "no backend: $there"
finish
