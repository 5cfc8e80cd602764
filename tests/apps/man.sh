# SPDX-License-Identifier: BSD-3-Clause
# man, which confines the programs that it starts with a system call filter.
. "$TEST_SRCDIR/tests/lib.sh"

need man
cat >page.1 <<'END'
.TH PAGE 1 2000-01-01
.SH NAME
page \- a page with a table
.SH DESCRIPTION
Some text, long enough to be broken into lines, hyphenated and adjusted on both
sides as the formatter sees fit, and a table:
.TS
tab(:);
l n.
one:1
two:22
.TE
END
for _ in 1 2 3; do
	MANWIDTH=60 MANPAGER=cat man -l page.1 >page.txt || {
		echo "exit status $?"
		exit 77
	}
	cat page.txt
done
gzip -c page.1 >page.1.gz
MANWIDTH=40 MANPAGER=cat man -l page.1.gz
