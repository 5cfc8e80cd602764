# SPDX-License-Identifier: BSD-3-Clause
# valgrind's memcheck sees what a program under libvmmalloc's debug variant does
# to its blocks in the pool: each mistake is reported as what it is, and a
# correct program is not blamed. Without the option that leaves malloc to
# libvmmalloc, memcheck replaces malloc itself.
. "$TEST_SRCDIR/tests/lib.sh"

program=$TEST_BUILDDIR/tests/debug/memchecked
grep -q '^#define HAVE_VALGRIND_MEMCHECK_H 1' "$TEST_BUILDDIR/config.h" ||
	skip "configured without valgrind/memcheck.h"
need valgrind
make_scratch
shown=$scratch/err

# All files that memcheck will read: the program, the library and the plugin.
can_valgrind preload native-debug 64M valgrind -q --tool=none "$program" none ||
	skip "valgrind cannot read this compiler's debug information"

# run OPTION MISTAKE: exit status 9 if memcheck reports something.
run()
{
	preload native-debug 64M \
		valgrind -q "$1" --leak-check=full --error-exitcode=9 \
		--child-silent-after-fork=yes \
		"$program" "$2" >"$scratch/out" 2>"$scratch/err"
}

# The expected report of memcheck for a mistake, an extended regular expression.
expect()
{
	mistake=$1
	shift
	run --soname-synonyms=somalloc=nouserintercepts "$mistake"
	test $? = 9 || fail "$mistake: memcheck has nothing to say"
	for pattern; do
		grep -qE "^==[0-9]+== +$pattern" "$scratch/err" ||
			fail "$mistake: not reported: $pattern"
	done
}

run --soname-synonyms=somalloc=nouserintercepts none ||
	fail "memcheck blames a program without mistakes"
# memcheck warns about pools of 256 MiB and more, and about aligned ones
grep -v 'Warning: set address range perms: large range' "$scratch/err" |
	grep -q . && fail "memcheck says something"
expect use-after-free 'Invalid read of size 1' 'Address .* free.d'
expect overflow 'Invalid read of size 1' \
	'Address .* is 0 bytes after a .*block of size 100 alloc.d'
expect underflow 'Invalid read of size 1' \
	'Address .* is 1 bytes before a .*block of size 100 alloc.d'
expect uninitialised '(Conditional jump|Use of uninit).* uninitialised value'
expect leak '100 bytes in 1 blocks are definitely lost'
# the program's check that its block is in the pool fails
run --trace-children=no none
grep -q 'not so: test_is_in_pool' "$scratch/err" ||
	fail "by default memcheck leaves malloc to libvmmalloc"
finish
