# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare --sizes: the sizes that a program requests, from one more run.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
mkdir "$TMPDIR" || exit 99
export TMPDIR
program=$TEST_BUILDDIR/tests/cli/recorded

# sizes STATUS OPTION...: of system and native
sizes()
{
	wanted_status=$1
	shift
	runs "$wanted_status" "$vmmalloc" compare -n 1 --sizes \
		-b system,native "$@"
}

if test ! -f "$TEST_BUILDDIR/backends/record/.libs/record.so"; then
	sizes 1 true
	grep -q '^vmmalloc: compare --sizes: .* without zstd' "$scratch/err" ||
		fail "says: $(cat "$scratch/err")"
	finish
fi

# The program allocates 3000 blocks of 5003 bytes, 99 of 6007 and one of 7007,
# in a process that another one has started.
sizes 0 --json "$scratch/json" --report "$scratch/html" -- \
	sh -c "'$program' calls; exit 3"
test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
grep -qE '^requested +blocks +% +MiB +%$' "$scratch/out" || fail "no table"
grep -qE '^to 16K +31[0-9]{2} +[0-9.]+ +(14\.[89]|15\.)[0-9.]* +[0-9.]+$' \
	"$scratch/out" || fail "another row: $(cat "$scratch/out")"
tr -d ' \n' <"$scratch/json" |
	grep -qE '"up_to_bytes":16384,"blocks":31[0-9]{2},"bytes":15[0-9]{6}}' ||
	fail "other sizes in JSON: $(cat "$scratch/json")"
grep -qE '<td>to 16K</td><td>31[0-9]{2}</td>' "$scratch/html" ||
	fail "other sizes in HTML"

# The processes of a server count, too.
sizes 0 --load 'echo load' --ready "test -e '$scratch/ready'" \
	--prepare "rm -f '$scratch/ready'" -- \
	sh -c "'$program' calls; : >'$scratch/ready'; exec sleep 600"
grep -qE '^to 16K +31[0-9]{2} ' "$scratch/out" ||
	fail "no row of a server: $(cat "$scratch/out")"

# Without the option nothing is said of them.
runs 0 "$vmmalloc" compare -n 1 -b native --json "$scratch/json" true
grep -q '^requested' "$scratch/out" && fail "a table without --sizes"
grep -q '"requested_sizes": null' "$scratch/json" || fail "sizes in JSON"

# What goes wrong: the comparison holds without sizes.
cat >"$scratch/once" <<END_SCRIPT
#!/bin/sh
case \$VMMALLOC_RECORD_FILE in
?*)	echo because >&2; kill -9 \$\$ ;;
esac
END_SCRIPT
chmod +x "$scratch/once" || exit 99
sizes 0 "$scratch/once"
grep -q '^requested' "$scratch/out" && fail "sizes of a run that was killed"
grep -q "vmmalloc: the run for --sizes, with native, ends with signal 9" \
	"$scratch/err" && grep -qx '  | because' "$scratch/err" ||
	fail "says: $(cat "$scratch/err")"
refuses 1 "compare: --sizes needs a backend among the contenders; see \
'vmmalloc help compare'" "$vmmalloc" compare -n 1 --sizes -b system true
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
