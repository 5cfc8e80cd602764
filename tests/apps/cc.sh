# SPDX-License-Identifier: BSD-3-Clause
# The C compiler: its output is the same object code.
. "$TEST_SRCDIR/tests/lib.sh"

need gcc
cat >input.c <<'EOF'
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define F(n) static int f##n(int x) { int s = 0; \
	for (int i = 0; i < x + n; i++) s += i % (n + 1) ? i * n : s / 3; \
	return s; }
#define F4(n) F(n##0) F(n##1) F(n##2) F(n##3)
F4(1) F4(2) F4(3) F4(4) F4(5) F4(6) F4(7) F4(8)
#define C(n) + f##n(c)
#define C4(n) C(n##0) C(n##1) C(n##2) C(n##3)
int
main(int c, char **v)
{
	(void)v;
	printf("%d\n", 0 C4(1) C4(2) C4(3) C4(4) C4(5) C4(6) C4(7) C4(8));
	return 0;
}
EOF
set -e
gcc -O2 -S -o output.s input.c
cksum <output.s
gcc -O1 -g0 -o program input.c
./program
gcc -fsyntax-only -Wall -xc - <<'EOF' || echo "status $?"
int f(void) { return undeclared; }
EOF
