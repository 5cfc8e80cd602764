# SPDX-License-Identifier: BSD-3-Clause
# gcc and clang compile a part of this project, two files at a time: the object
# files must be the same.
. "$TEST_SRCDIR/tests/apps/common.sh"

need gcc
test -f "$TEST_BUILDDIR/config.h" || skip "no config.h"
for compiler in gcc clang; do
	command -v $compiler >/dev/null || {
		echo "no $compiler"
		continue
	}
	mkdir $compiler
	find "$TEST_SRCDIR/backends/native" "$TEST_SRCDIR/base" -name '*.c' |
		LC_ALL=C sort | head -n 12 |
		xargs -P 2 -I FILE sh -c '"$1" -std=gnu11 -O2 -w -fPIC -c \
			-I"$TEST_BUILDDIR" -I"$TEST_SRCDIR/include" \
			-I"$TEST_SRCDIR" -I"$TEST_SRCDIR/backends/native" \
			-DVMM_DEBUG=0 "$2" -o "$1/$(basename "$2" .c).o" || echo "failed: $2"' \
			sh $compiler FILE 2>&1 | LC_ALL=C sort
	(cd $compiler && cksum ./*.o)
	gcc -shared -o $compiler.so $compiler/*.o || echo "$compiler: not linked"
done
