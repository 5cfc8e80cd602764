# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc record --stacks: the function with a leak is the first one that
# vmmalloc trace prints, in a child of fork as well, for each backend.
. "$TEST_SRCDIR/tests/cli/common.sh"

test -f "$TEST_BUILDDIR/backends/record/.libs/record.so" ||
	skip "built without zstd"
program=$TEST_BUILDDIR/tests/cli/leaking
trace=$scratch/trace

# What a location is called: names are there only with libdw.
runs 0 "$vmmalloc" record --stacks -o "$trace" -- "$program"
runs 0 "$vmmalloc" trace "$trace"
named=
if grep -q 'remember_request' "$scratch/out"; then
	named=yes
elif grep -q '^#define HAVE_ELFUTILS_LIBDWFL_H' "$TEST_BUILDDIR/config.h"; then
	grep -q '^vmmalloc: no names of functions: libdw' "$scratch/err" ||
		fail "no names, and no reason"
fi

# first FUNCTION [OPTION...]: it is the first call site, with all of its blocks
first()
{
	name=$1
	shift
	test -n "$named" || name='leaking\+0x[0-9a-f]+'
	runs 0 "$vmmalloc" trace "$@"
	awk 'found { print; exit } /^peak MiB/ { found = 1 }' \
		"$scratch/out" >"$scratch/first"
	grep -qE " 2000  $name( |\$)" "$scratch/first" || {
		fail "$backend: another site is first"
		cat "$scratch/out"
	}
}

for backend in $TEST_BACKENDS; do
	rm -f "$trace"*
	runs 0 "$vmmalloc" record -b "$backend" --stacks -o "$trace" -- \
		"$program"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	first remember_request "$trace"
	first remember_request --sort=end "$trace"
	first answer_request --sort allocated "$trace"
	rm -f "$trace"*
	runs 0 "$vmmalloc" record -b "$backend" --stacks=3 -o "$trace" -- \
		"$program" fork
	for file in "$trace".*; do
		first remember_request "$file"
	done
done

backend=native
test -z "$named" || {
	first remember_request "$file"
	grep -qE 'remember_request \(leaking.c:[0-9]+\) < handle_requests < main$' \
		"$scratch/first" ||
		fail "not three frames: $(cat "$scratch/first")"
}
# A library that is loaded in between changes no site.
runs 0 "$vmmalloc" record --stacks=256 -o "$trace" -- "$program" load
runs 0 "$vmmalloc" trace "$trace"
grep -q ' 4000  ' "$scratch/out" || fail "some blocks have another site"
# Without stacks there are no sites.
runs 0 "$vmmalloc" record --stacks=0 -o "$trace" -- "$program"
runs 0 "$vmmalloc" trace "$trace"
! grep -q 'call sites' "$scratch/out" || fail "sites without stacks"

refuses 125 "record: bad --stacks '257': not a number up to 256" \
	"$vmmalloc" record --stacks=257 -o "$trace" -- "$program"
refuses 2 "bad --sort 'x': not peak, end or allocated" \
	"$vmmalloc" trace --sort=x "$trace"
finish
