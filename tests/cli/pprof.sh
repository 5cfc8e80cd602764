# SPDX-License-Identifier: BSD-3-Clause
# The writer of profiles for pprof: another reader finds in the file what was
# written, with zlib and without it.
. "$TEST_SRCDIR/tests/lib.sh"

need python3
make_scratch
decode=$TEST_SRCDIR/tests/cli/pprof.py

cat >"$scratch/wanted" <<'END'
type inuse_objects count
type inuse_space bytes
period space bytes 524288
default inuse_space
time 1700000000000000000 300
comment first
comment second
mapping 0x400000-0x7fffffffffffffff 4096 /bin/program 00ff 1
function main 7
function inlined 0
sample 1 128
  0x400123 /bin/program inlined main.c:11
  0x400123 /bin/program main main.c:12
  0xfffffffffffffff0
  0x400200 /bin/program main main.c:13
sample -1 -9223372036854775808 thread=one size=128 bytes
END

for variant in '' -stored; do
	program=$TEST_BUILDDIR/tests/cli/pprof-written$variant
	profile=$scratch/profile$variant
	cases=$((cases + 1))
	"$program" >"$profile" || fail "$program: exit status $?"
	python3 "$decode" "$profile" >"$scratch/read" ||
		fail "$variant: cannot be read"
	diff "$scratch/wanted" "$scratch/read" || fail "$variant: differs"

	# more than a block of gzip, and than the first size of each table
	cases=$((cases + 1))
	"$program" 50000 >"$profile" || fail "$program: exit status $?"
	gzip -t <"$profile" || fail "$variant: gzip finds an error"
	python3 "$decode" "$profile" | awk '
		$1 == "sample" { value = $2 }
		$1 ~ /^0x/ { n += $3 == value }
		END { exit n != 50000 }' || fail "$variant: not all samples"

	"$program" >/dev/full 2>"$scratch/err" &&
		fail "$variant: succeeds on a full device"
done
finish
