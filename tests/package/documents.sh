# SPDX-License-Identifier: BSD-3-Clause
# Documents are right about the tree: links lead to files, each page leads
# to the next one of README.md, the picture of the architecture has all
# directories, files and tests that are named exist, and quoted messages are in
# the sources.
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

# enough FILE N: the extraction still works.
enough()
{
	test "$(wc -l <"$scratch/$1")" -ge "$2" || fail "found too few: $1"
}

# Links, relative to the page: ](TARGET), without those to other sites.
for page in *.md doc/*.md; do
	grep -oE '\]\([^)#]+' "$page" | sed "s|^](|$page |"
done | grep -v ' [a-z]*:' >"$scratch/links"
enough links 20
while read -r page target; do
	test -e "$(dirname "$page")/$target" ||
		fail "dead link in $page: $target"
done <"$scratch/links"

# The pages in the order of README.md: all of doc/, each with a last line that
# leads to the next.
sed -n 's|^[0-9]*\. \[[^]]*\](doc/\([^)]*\)).*|\1|p' README.md >"$scratch/pages"
enough pages 10
(cd doc && LC_ALL=C ls ./*.md) | sed 's|^\./||' >"$scratch/all"
LC_ALL=C sort "$scratch/pages" | diff "$scratch/all" - ||
	fail "pages: < in doc/, > in README.md"
while read -r page; do
	test -z "${before-}" ||
		tail -n 1 "doc/$before" | grep -q "^Next: \[.*\]($page)\$" ||
		fail "doc/$before does not lead to $page"
	before=$page
done <"$scratch/pages"

# Directories of the product, and those that the picture shows in bold.
picture=doc/architecture.svg
find . -mindepth 2 -maxdepth 3 -name '*.[ch]' | sed 's|^\./||; s|/.*|/|' |
	grep -vE '^(build.*|_.*|bench|examples|packaging|tests)/$' |
	LC_ALL=C sort -u >"$scratch/directories"
enough directories 5
sed -n 's|.*class="dir"[^>]*>\([^<]*\)<.*|\1|p' $picture |
	LC_ALL=C sort >"$scratch/shown"
diff "$scratch/directories" "$scratch/shown" ||
	fail "directories: < in the tree, > in $picture"
while read -r directory; do
	grep -q "^| $directory" doc/architecture.md ||
		fail "doc/architecture.md has no line about $directory"
done <"$scratch/directories"

# Files that the picture names.
sed -n 's|.*data-files="\([a-z/]*\)">\([^:<]*\):.*|\1 \2|p' $picture |
	while read -r directory names; do
		for name in $names; do
			echo "$directory/${name%,}"
		done
	done >"$scratch/files"
enough files 30
while read -r file; do
	test -f "$file.c" || test -f "$file.h" ||
		fail "$picture names a file that is not there: $file"
done <"$scratch/files"

# Files that pages name, with their directory or without.
find . \( -name '*.[ch]' -o -name '*.cc' -o -name '*.sh' -o -name '*.mk' \) |
	sed 's|.*/||' | LC_ALL=C sort -u >"$scratch/there"
for page in doc/architecture.md doc/reliability.md doc/performance.md; do
	test -f $page || continue
	grep -oE '[a-z][a-z_/-]*\.(c|h|sh|mk)\b' $page | sort -u |
		while read -r file; do
			case $file in
			*/*)
				test -f "$file" || test -f "include/$file" ||
					test -f "tests/$file"
				;;
			*)
				grep -qxF "$file" "$scratch/there"
				;;
			esac || echo "FAILED: $page names $file"
		done
done | grep . && failures=$((failures + 1))

# Messages: code in headings, and in tables on the left, of the page about
# them. "..." stands for what differs. In the sources strings may be split.
find core os base interpose backends cli -name '*.[ch]' -exec cat {} + |
	tr -s '\n\t ' '   ' | sed 's/" *"//g' >"$scratch/sources"
sed -n '/^### /p; s/^| \([^|]*\)|.*/\1/p' doc/troubleshooting.md |
	grep -oE '`[^`]+`' | tr -d '`' | sed 's/\.\.\./\n/g' |
	sed 's/^[ :]*//; s/[ :]*$//' |
	grep -E '.{6}' | LC_ALL=C sort -u >"$scratch/messages"
enough messages 30
while read -r message; do
	grep -qF "$message" "$scratch/sources" ||
		fail "doc/troubleshooting.md: no source has '$message'"
done <"$scratch/messages"
test $failures = 0
