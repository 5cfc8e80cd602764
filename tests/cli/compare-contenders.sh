# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: how contenders are written, and the environment of each. The
# system's allocator and libraries run without a trace of libvmmalloc.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
elsewhere=$scratch/elsewhere
mkdir "$TMPDIR" "$elsewhere" || exit 99
export TMPDIR
echo 'void *malloc_of_test(void) { return 0; }' >"$scratch/other.c"
$TEST_CC -shared -fPIC -o "$scratch/libother.so.2" "$scratch/other.c" || exit 99
usage_lib="lib: needs a shared library for this machine"

# compare OPTION...: of a command that notes its environment
compare()
{
	: >"$scratch/seen"
	"$vmmalloc" compare -n 1 -i "$@" sh -c "
		env >'$scratch/env'
		preload=\$(sed -n 's/^LD_PRELOAD=//p' '$scratch/env')
		echo \"\${preload##*/}\" \
			\"\${VMMALLOC_BACKEND-}\" \"\${VMMALLOC_POOL_DIR-}\" \
			\"\${TEST_A-}\" \"\${TEST_B-}\" \
			\$(grep -c '^VMMALLOC_' '$scratch/env') \
			\$(grep -c '^GLIBC_TUNABLES' '$scratch/env') \
			>>'$scratch/seen'"
}
# saw LINE: some run had this environment
saw()
{
	grep -qx -- "$1" "$scratch/seen" ||
		fail "no run with '$1' in: $(cat "$scratch/seen")"
}
# names NAME...: the rows of the table
names()
{
	found=$(awk '/^contender / { n++; next }
		n == 1 && NF { print $1 }' "$scratch/out" | tr '\n' ' ')
	test "$found" = "$* " || fail "contenders '$found' instead of '$*'"
}

runs 0 compare --with system --with "lib:$scratch/libother.so.2" \
	--with native --with "there=native@$elsewhere"
names system libother native there
saw '     0 0'
saw 'libother.so.2     0 0'
saw "libvmmalloc.so.1 native $pool   [3-9] 1"
saw "libvmmalloc.so.1 native $elsewhere   [3-9] 1"
tr '\n' ' ' <"$scratch/out" |
	grep -q "; pool of 32 MiB in $pool, of 32 MiB in $elsewhere  " ||
	fail "the places of the pools are not told"
test -z "$(ls -A "$elsewhere")" || fail "left behind a pool"

# Variables of one contender; a value may have signs that separate other parts.
runs 0 compare -b system -w 'a=native+TEST_A=1+2,x@y=z+TEST_B=b' \
	-w "l=lib:$scratch/libother.so.2+TEST_A=3" -w s=system+TEST_B=4
names system a l s
saw '     0 0'
saw "libvmmalloc.so.1 native $pool 1+2,x@y=z b [3-9] 1"
saw 'libother.so.2   3  0 0'
saw '    4 0 0'
# tunables of a contender do not displace those that plugins need
runs 0 compare -w 'native+GLIBC_TUNABLES=glibc.malloc.check=0'
grep -q '^GLIBC_TUNABLES=glibc.malloc.check=0:glibc.rtld.optional_static_tls=' \
	"$scratch/env" || fail "other tunables"
# several places, whose commas separate no contenders
runs 0 compare -w "several=native@ram:16M,$elsewhere:32M+VMMALLOC_PLACEMENT=\
ratio=1:2"
saw "libvmmalloc.so.1 native ram:16777216,$elsewhere:33554432   [3-9] 1"
grep -qx VMMALLOC_PLACEMENT=ratio=1:2 "$scratch/env" || fail "another placement"
names several
test -z "$(ls -A "$elsewhere")" || fail "left behind a part of a pool"
# in a list, a place and a library
runs 0 compare -b "system,native@ram,lib:$scratch/libother.so.2"
names system native@ram libother
saw "libvmmalloc.so.1 native ram   [3-9] 1"
# the default place is memory, and a preload of the user's own stays
unset VMMALLOC_POOL_DIR
LD_PRELOAD=$scratch/libother.so.2 runs 0 compare -b system,native
tr '\n' ' ' <"$scratch/out" | grep -q '; pool of 32 MiB in ram  ' || fail "another default place"
saw 'libother.so.2     0 0'
VMMALLOC_POOL_DIR=$pool
export VMMALLOC_POOL_DIR

if command -v python3 >"$scratch/which"; then
	runs 0 compare -j "$scratch/json" -w system -w "x=native@ram+TEST_A=1" \
		-w "lib:$scratch/libother.so.2"
	python3 - "$scratch/json" "$scratch/libother.so.2" <<'END_PYTHON' ||
import json, sys
system, x, other = json.load(open(sys.argv[1]))["contenders"]
assert (x["name"], x["backend"], x["pool_dir"]) == ("x", "native", "ram")
assert x["variables"] == ["TEST_A=1"] and system["variables"] == []
assert other["name"] == "libother" and other["library"] == sys.argv[2]
assert "pool_dir" not in other and "pool_dir" not in system
END_PYTHON
		fail "other JSON"
fi

# What is refused.
refuses 1 "two contenders are called 'native'; give one of them a label: \
LABEL=native" "$vmmalloc" compare -w native -w native true
refuses 1 "bad contender 'native+X': '+X' is not +VARIABLE=VALUE" \
	"$vmmalloc" compare -w native+X true
refuses 1 "bad contender 'system@ram': only a backend has a pool, which @PLACE \
is for" "$vmmalloc" compare -w system@ram true
refuses 1 "bad contender 'native+VMMALLOC_POOL_DIR=/': VMMALLOC_POOL_DIR cannot \
be set here; use @PLACE" "$vmmalloc" compare -w native+VMMALLOC_POOL_DIR=/ true
refuses 1 "cannot preload '/nowhere.so': No such file or directory; lib: needs \
the path of a shared library" "$vmmalloc" compare -w lib:/nowhere.so true
echo text >"$scratch/text.so"
runs 1 "$vmmalloc" compare -w "lib:$scratch/text.so" true
grep -q "^vmmalloc: cannot preload '$scratch/text.so': cannot be preloaded .*; \
$usage_lib$" "$scratch/err" || fail "other text: $(cat "$scratch/err")"
ln -s "$library" "$scratch/link.so"
runs 1 "$vmmalloc" compare -w "lib:$scratch/link.so" true
grep -q ': name a backend instead$' "$scratch/err" ||
	fail "our own library is accepted: $(cat "$scratch/err")"
runs 1 "$vmmalloc" compare -w native@/nowhere true
grep -q "^vmmalloc: cannot make a pool in '/nowhere': " "$scratch/err" ||
	fail "other text: $(cat "$scratch/err")"
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
