# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare --plan: several workloads of a file, and one report of them.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
log=$scratch/log

cat >"$scratch/plan" <<END_PLAN
# a comment, then a workload

[first one]
	command = echo 'a = b'; echo first >>'$log'
  prepare = echo prepare >>'$log'
[second]
command=echo \$\$; echo second >>'$log'
ignore-output = yes
setup = echo setup >>'$log'
cleanup = echo cleanup >>'$log'
END_PLAN
runs 0 "$vmmalloc" compare -b system,native -n 1 --plan "$scratch/plan" \
	-j "$scratch/json" --csv "$scratch/csv" --markdown "$scratch/md" \
	-r "$scratch/page.html"
test "$(uniq -c "$log" | awk '{ print $1, $2 }' | tr '\n' ' ')" = \
	'1 prepare 1 first 1 prepare 1 first 1 prepare 1 first 1 prepare 1 first 1 prepare 1 first 1 setup 4 second 1 cleanup ' ||
	fail "another order: $(cat "$log")"
test "$(grep -cxE 'first one|second' "$scratch/out")" = 2 ||
	fail "no two titles: $(cat "$scratch/out")"
test "$(grep -cE '^### (first one|second)$' "$scratch/md")" = 2 ||
	fail "no two titles in Markdown"
test "$(cut -d , -f 1-3 "$scratch/csv" | tr '\n' ' ')" = 'workload,contender,run '\
'"first one","system",1 "first one","native",1 "second","system",1 '\
'"second","native",1 ' || fail "other CSV: $(cat "$scratch/csv")"
for element in '<h1>2 workloads</h1>' '<a href="#workload-2">second</a>' \
	'<article id="workload-1">' '<article id="workload-2">' '<h1>first one</h1>'; do
	grep -qF "$element" "$scratch/page.html" ||
		fail "the page has no $element"
done
if command -v python3 >"$scratch/which"; then
	python3 - "$scratch/json" <<'END_PYTHON' || fail "other JSON"
import json, sys
report = json.load(open(sys.argv[1]))
first, second = report["workloads"]
assert (first["name"], second["name"]) == ("first one", "second")
assert second["command"][:2] == ["sh", "-c"] and len(second["runs"]) == 2
END_PYTHON
fi

# The next workload is compared after one that fails.
cat >"$scratch/plan" <<'END_PLAN'
[fails]
command = echo $$
[works]
command = echo works
END_PLAN
runs 1 "$vmmalloc" compare -b system,native -n 1 -p "$scratch/plan"
grep -qx works "$scratch/out" || fail "it ends after a failure"
grep -q "different output in every run" "$scratch/err" || fail "no failure"

# refuse TEXT LINE...: the plan with these lines
refuse()
{
	text=$1
	shift
	printf '%s\n' "$@" >"$scratch/plan"
	refuses 2 "bad --plan: $scratch/plan:$text; see vmmalloc-compare(1)" \
		"$vmmalloc" compare --plan "$scratch/plan"
}
refuse '1: there is no [NAME] before this line' 'command = x'
refuse '2: neither [NAME] nor key = value' '[a]' 'command'
refuse '2: there is no such key' '[a]' 'comand = x'
refuse '2: there is no value' '[a]' 'command ='
refuse '2: the workload before has no command' '[a]' '[b]' 'command = x'
refuse '3: two workloads have this name' '[a]' 'command = x' '[ a ]'
refuse "1: ']' is missing" '[a'
refuse '1: a workload has no name' '[ ]'
refuse '2: must be yes or no' '[a]' 'ignore-output = 1'
refuse '1: there is no workload' '# nothing'
refuses 2 "cannot read the plan '/nowhere': No such file or directory; choose \
another file with --plan" "$vmmalloc" compare -p /nowhere
refuses 2 "compare: --plan and a command exclude each other; see 'vmmalloc help \
compare'" "$vmmalloc" compare -p "$scratch/plan" true
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
