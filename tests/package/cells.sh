# SPDX-License-Identifier: BSD-3-Clause
# tests/apps/cells.sh notices an application whose output differs, one that ends
# otherwise, and a line of tests/apps/known that is no longer true; and
# scripts/apps-table shows the results and notices that a document differs.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
tree=$scratch/tree
mkdir -p "$tree/tests/apps" "$tree/scripts" "$tree/doc" "$tree/build/tests/apps"
cp "$TEST_SRCDIR/tests/lib.sh" "$TEST_SRCDIR/tests/matrix.sh" "$tree/tests"
cp "$TEST_SRCDIR/tests/apps/cells.sh" "$tree/tests/apps"
cp "$TEST_SRCDIR/scripts/apps-table" "$tree/scripts"

# app NAME COMMAND: an application.
app()
{
	printf '# SPDX\n# An application: %s.\n\n%s\n' "$1" "$2" \
		>"$tree/tests/apps/$1.sh"
}
other='echo "${LD_PRELOAD:+with the library}"'
app same 'echo same'
app known-same 'echo same'
app other "$other"
app known-other "$other"
app status 'test -z "${LD_PRELOAD-}"'
app absent 'echo "skipped: no program"; exit 77'
cat >"$tree/tests/apps/known" <<'END'
# Comment.

a-reason known-other|known-same native 1|2 any
# a-reason: why it does not work, in more
#   than one line
END

# expect NAME STATUS RESULT: what cells.sh says of the application.
expect()
{
	cases=$((cases + 1))
	log=$tree/build/tests/apps/$1.native.log
	shown=$log
	TEST_SRCDIR=$tree TEST_CELLS=1.tmpfs sh "$tree/tests/apps/cells.sh" \
		"tests/apps/$1.native.app" >"$log" 2>&1
	status=$?
	test $status = "$2" || fail "$1: exit status $status, not $2"
	test "$(sed -n 's/^cell: //p' "$log")" = "$3" ||
		fail "$1: not the result: $3"
	shown=
}
expect same 0 'same native 1 tmpfs pass'
expect known-same 1 'known-same native 1 tmpfs pass'
expect other 1 'other native 1 tmpfs failed'
expect known-other 0 'known-other native 1 tmpfs a-reason'
expect status 1 'status native 1 tmpfs failed'
expect absent 77 ''

# The table, of which some cells have not run.
begin='<!-- The table: scripts/apps-table --write -->'
end='<!-- The end of the table -->'
printf '%s\n' "a title" "$begin" "$end" "the end" >"$tree/doc/compatibility.md"
table()
{
	sh "$tree/scripts/apps-table" "$@" "$tree/build" 2>&1
}
cases=$((cases + 1))
table | grep -q 'not compared.*absent native 1.tmpfs' ||
	fail "compares, though cells are missing"
table --write
for line in '| \*\*same\*\*: An application: same. | 1.tmpfs | not run |.*' \
	'| \*\*known-other\*\*: .* | not 1.tmpfs: a-reason | not run |.*' \
	'- \*\*a-reason\*\*: why it does not work, in more' '  than one line' \
	'a title' 'the end'; do
	grep -qx -- "$line" "$tree/doc/compatibility.md" ||
		fail "not in the table: $line"
done

# The same when all have run.
cases=$((cases + 1))
rm "$tree"/build/tests/apps/*.log "$tree/tests/apps/absent.sh"
for name in same known-same other known-other status; do
	for backend in native jemalloc tcmalloc; do
		for cell in '1 tmpfs' '2 tmpfs' '3 tmpfs' 'return tmpfs' \
			'1 disk' '2 disk' 'return disk' '1 ram'; do
			echo "cell: $name $backend $cell pass"
		done >"$tree/build/tests/apps/$name.$backend.log"
	done
done
! table >/dev/null || fail "does not see that the document differs"
table --write
table || fail "differs from what it has written"
finish
