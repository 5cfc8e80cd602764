# SPDX-License-Identifier: BSD-3-Clause
# The part of the house style that a machine can check: a licence in every file,
# headers that compile alone, nothing left to do, words, spelling, scripts, and the
# subjects of commits.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
cd "$TEST_SRCDIR" || exit 99

for directory in backends base bench cli completions conform core examples \
	include interpose m4 os packaging scripts tests; do
	test ! -d $directory || find $directory -type f \
		! -name 'libtool.m4' ! -name 'lt*.m4' \
		\( -name '*.[ch]' -o -name '*.cc' -o -name '*.m4' \
		-o -name '*.mk' -o -name '*.py' -o -name '*.sh' \)
done | LC_ALL=C sort >"$scratch/files"
test "$(wc -l <"$scratch/files")" -ge 50 || fail "too few files found"

while read -r file; do
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' ||
		fail "no SPDX line: $file"
	# written so that this file itself passes
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
		# each in a file of its own, included twice to test its guards
		printf '#include "config.h"\n#include "%s"\n#include "%s"\n' \
			"$file" "$file" >"$scratch/alone.c"
		$TEST_CC -std=gnu11 -fsyntax-only -Wall -I"$TEST_BUILDDIR" \
			-I"$TEST_SRCDIR" -I"$TEST_SRCDIR/include" \
			-I"$TEST_SRCDIR/tests/preload" "$scratch/alone.c" ||
			fail "does not compile alone: $file"
		;;
	esac
done <"$scratch/files"

# .clang-format, which other versions of the tool read differently
if clang-format --version 2>/dev/null | grep -q ' version 14\.'; then
	grep -E '\.([ch]|cc)$' "$scratch/files" | while read -r file; do
		clang-format "$file" | cmp -s - "$file" ||
			echo "FAILED: clang-format would change $file"
	done | grep . && failures=$((failures + 1))
else
	echo "left out: there is no clang-format 14"
fi

# The words of HACKING. Of C only comments are read.
documents='README.md NEWS HACKING PACKAGERS SECURITY CONTRIBUTING.md'
for file in doc/*.md doc/*.[137] backends/*/*.7; do
	documents="$documents $file"
done
grep -E '\.([ch]|cc)$' "$scratch/files" | while read -r file; do
	awk '{
		text = $0
		if (!inside && !sub(/.*\/[*]/, "", text))
			next
		inside = text !~ /[*]\//
		sub(/[*]\/.*/, "", text)
		print FILENAME ":" FNR ": " text
	}' "$file"
done >"$scratch/prose"
# shellcheck disable=SC2086 # a list of words
grep -n '' $documents | grep -v '^HACKING:[0-9]*:    ' >>"$scratch/prose"
for words in folder anew 'so many' 'in vain' 'by turns' 'side by side' 'under way' \
	'gives? back' 'a bit a page' 'or [0-9] is'; do
	grep -iE "[ (]$words([ .,;:)]|\$)" "$scratch/prose" &&
		fail "HACKING has other words for '$words'"
done

# A sentence names its subject: "the thread that", "blocks that".
grep -E '\.([ch]|cc):[0-9]+: +([*] )?(What|Who|Where) [^?]*$' "$scratch/prose" &&
	fail "comments begin with what, who or where"

if command -v codespell >/dev/null; then
	# shellcheck disable=SC2046,SC2086 # lists of words
	codespell -q 3 -L nd,te $(cat "$scratch/files") $documents ||
		fail "spelling"
else
	echo "left out: there is no codespell"
fi

# All but sourced files, words that are to be split, and an exec in a branch.
# Programs without a suffix count if their first line names a shell.
find .ci bootstrap packaging scripts -type f -perm -100 ! -name '*.sh' \
	-exec awk 'FNR == 1 && /^#!.*[\/ ](ba|da|k)?sh( |$)/ {
		print FILENAME
	}' {} + 2>/dev/null >"$scratch/shell"
test "$(wc -l <"$scratch/shell")" -ge 20 || fail "too few scripts found"
if command -v shellcheck >/dev/null; then
	# shellcheck disable=SC2046 # a list of words
	shellcheck -S warning -s dash -e SC1091,SC2010,SC2046,SC2093 \
		$(grep '\.sh$' "$scratch/files") $(cat "$scratch/shell") ||
		fail "scripts"
else
	echo "left out: there is no shellcheck"
fi

# lintian and rpmlint take no longer lines in descriptions.
awk '/^%description/ { in_text = 1; next }
	/^%/ { in_text = 0 }
	length > 79 && (in_text || FILENAME ~ /control$/) {
		print "FAILED: " FILENAME ":" FNR ": more than 79 columns"
		n++
	}
	END {
		exit n > 0
	}' packaging/debian/control packaging/libvmmalloc.spec ||
	failures=$((failures + 1))

# Since the words were agreed on.
if git log -1 --format= 065f453 2>/dev/null; then
	git log --format=%s 065f453..HEAD | awk 'length > 72 {
		print "FAILED: a subject of more than 72 columns: " $0
		n++
	}
	END {
		exit n > 0
	}' || failures=$((failures + 1))
fi

# installed headers must also compile as C++
for file in include/*.h include/vmmalloc/*.h; do
	printf '#include "%s"\n' "$TEST_SRCDIR/$file" >"$scratch/alone.cc"
	$TEST_CXX -fsyntax-only -Wall -Wextra "$scratch/alone.cc" ||
		fail "not C++: $file"
done
finish
