# SPDX-License-Identifier: BSD-3-Clause
# Free memory of a program that goes on with a few calls, all of which the
# thread's cache serves: at most a tenth of it is left. And a heap whose blocks
# have grown and shrunk holds at most two and a half times what is in its blocks
# then.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch "$fast_dir"

# hold WHAT ARGUMENT...
hold()
{
	what=$1
	shift
	left=$(preload native 1G "$TEST_BUILDDIR/tests/cost/idle" "$@")
	echo "$what: $left % left"
	test -n "$left" && test "$left" -le 10 && return
	fail "$what: more than 10 % of the free memory is left"
}

hold "small blocks" calls 64
hold "medium blocks between others" calls 60000 3

held=$(preload native 1G "$TEST_BUILDDIR/tests/cost/idle" drift)
echo "drift: holds $held % of the bytes in blocks"
test -n "$held" && test "$held" -le 250 || fail "drift: more than 250 % held"
finish
