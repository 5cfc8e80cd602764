# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc-backend(3) is complete: it has an entry for each field of each struct
# of vmmalloc/backend.h, in the same order, and no other; and names all macros.
# Manual pages have no errors, and name all variables, messages and options.
# doc/conformance.md names only existing tests.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
header=$TEST_SRCDIR/include/vmmalloc/backend.h
page=$TEST_SRCDIR/doc/vmmalloc-backend.3

# The header as the compiler sees it, without comments.
$TEST_CC -E -P "$header" >"$scratch/header" || exit 99

# Names of the fields of a struct: the last word of each declaration, or the
# name of a pointer to a function.
fields()
{
	tr '\n' ' ' <"$scratch/header" |
		sed "s/.*struct $1 {\([^}]*\)}.*/\1/" | tr ';' '\n' |
		sed -n 's/.*(\*\([a-z_]*\)).*/\1/p; t
			s/.*[ *]\([a-z_]*\) *$/\1/p' | grep .
}

# Entries of the section about a struct.
entries()
{
	sed -n "/^\.Ss struct $1\$/,/^\.S[sh] vmm\|^\.S[sh] struct/{
		s/^\.It [VF][an] \([a-z_]*\).*/\1/p
		/^\.Ss struct $1\$/!{/^\.S[sh]/q
		}
	}" "$page"
}

for struct in vmmalloc_backend vmmalloc_host vmmalloc_backend_stats; do
	fields $struct >"$scratch/fields"
	entries $struct >"$scratch/entries"
	test "$(wc -l <"$scratch/fields")" -ge 5 ||
		fail "found no fields of $struct"
	diff "$scratch/fields" "$scratch/entries" ||
		fail "struct $struct: < in the header, > in the manual"
done

sed -n 's/^#define \(VMMALLOC_[A-Z_]*\) .*/\1/p' "$header" >"$scratch/macros"
test "$(wc -l <"$scratch/macros")" -ge 5 || fail "found no macros"
while read -r macro; do
	grep -qw "$macro" "$page" || fail "the manual does not name $macro"
done <"$scratch/macros"

# Every optional slot says what NULL means: in the header they come after
# min_pool; fork_child refers to fork_parent.
fields vmmalloc_backend | sed '1,/^min_pool$/d; /^fork_child$/d' |
	while read -r slot; do
		sed -n "/^\.It Fn $slot/,/^\.It\|^\.El/p" "$page" |
			sed '1d; $d' | grep -q '^\.Dv NULL :$' ||
			echo "FAILED: $slot does not say what NULL means"
	done | grep . && failures=$((failures + 1))

# Each test that doc/conformance.md names exists.
grep -oE '(preload|unit)/[a-z-]+[a-z]|[a-z/-]+\.sh' \
	"$TEST_SRCDIR/doc/conformance.md" | sort -u |
	sed 's/-mode$//; /\.sh$/!s/$/.c/' >"$scratch/tests"
test "$(wc -l <"$scratch/tests")" -ge 20 || fail "found too few tests"
while read -r file; do
	test -f "$TEST_SRCDIR/tests/$file" ||
		fail "doc/conformance.md names a test that is not there: $file"
done <"$scratch/tests"

if command -v mandoc >/dev/null 2>&1; then
	find "$TEST_SRCDIR/doc" "$TEST_SRCDIR/backends" -name '*.[1-8]' \
		>"$scratch/pages"
	while read -r file; do
		mandoc -T lint -W warning "$file" || fail "mandoc: $file"
	done <"$scratch/pages"
else
	echo "no mandoc: pages are not checked"
fi
if command -v python3 >/dev/null 2>&1; then
	test -x "$vmmalloc" || vmmalloc=
	python3 "$TEST_SRCDIR/tests/package/manual-complete.py" "$TEST_SRCDIR" \
		${vmmalloc:+"$vmmalloc"} || failures=$((failures + 1))
else
	echo "no python3: variables, messages and options are not compared"
fi
finish
