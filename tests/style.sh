# SPDX-License-Identifier: BSD-3-Clause
# What of the house style a machine can see: a licence in every file, headers
# that compile alone, nothing left to do.
set -u

failures=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$TEST_SRCDIR" || exit 99

fail()
{
	echo "FAILED: $*"
	failures=$((failures + 1))
}

for folder in backends base bench cli conform core examples include interpose \
	m4 os packaging scripts tests; do
	test ! -d $folder || find $folder -type f \
		! -name 'libtool.m4' ! -name 'lt*.m4' \
		\( -name '*.[ch]' -o -name '*.cc' -o -name '*.m4' \
		-o -name '*.mk' -o -name '*.py' -o -name '*.sh' \)
done | LC_ALL=C sort >"$scratch/files"
test "$(wc -l <"$scratch/files")" -ge 50 || fail "too few files found"

while read -r file; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' ||
		fail "no SPDX line: $file"
	# written so that this file passes
	grep -nE 'TO[D]O|FIX[M]E|^#if [0]' "$file" /dev/null &&
		fail "something left to do: $file"
	case $file in
	*.[ch] | *.cc)
		grep -nE '[ 	]+$' "$file" /dev/null &&
			fail "trailing space: $file"
		;;
	esac
	case $file in
	*.h)
		# each in a file of its own, twice: with guards
		printf '#include "config.h"\n#include "%s"\n#include "%s"\n' \
			"$file" "$file" >"$scratch/alone.c"
		$TEST_CC -std=gnu11 -fsyntax-only -Wall -I"$TEST_BUILDDIR" \
			-I"$TEST_SRCDIR" -I"$TEST_SRCDIR/include" \
			-I"$TEST_SRCDIR/tests/preload" "$scratch/alone.c" ||
			fail "does not compile alone: $file"
		;;
	esac
done <"$scratch/files"

# .clang-format, which other versions read differently
if clang-format --version 2>/dev/null | grep -q ' version 14\.'; then
	grep -E '\.([ch]|cc)$' "$scratch/files" | while read -r file; do
		clang-format "$file" | cmp -s - "$file" ||
			echo "FAILED: clang-format would change $file"
	done | grep . && failures=$((failures + 1))
else
	echo "left out: there is no clang-format 14"
fi

# installed headers are C++ too
for file in include/*.h include/vmmalloc/*.h; do
	printf '#include "%s"\n' "$TEST_SRCDIR/$file" >"$scratch/alone.cc"
	$TEST_CXX -fsyntax-only -Wall -Wextra "$scratch/alone.cc" ||
		fail "not C++: $file"
done
test $failures = 0
