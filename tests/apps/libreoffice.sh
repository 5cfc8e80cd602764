# SPDX-License-Identifier: BSD-3-Clause
# LibreOffice without a screen: a text becomes a word processor's document and
# that a text and a PDF file, and a table a spreadsheet and a table again.
. "$TEST_SRCDIR/tests/apps/common.sh"

office=$(command -v soffice || command -v libreoffice || true)
test -n "$office" || skip "no soffice"
awk 'BEGIN {
	print "<html><body><h1>A text</h1>"
	for (i = 0; i < 200; i++)
		printf "<p>paragraph %d with <b>bold</b> words, %d</p>\n", i, i * i
	print "<table>"
	for (i = 0; i < 40; i++)
		printf "<tr><td>%d</td><td>%d</td></tr>\n", i, i * 7919 % 1009
	print "</table></body></html>"
}' >text.html
awk 'BEGIN {
	for (i = 1; i <= 500; i++)
		printf "%d,%d,=A%d+B%d,=SUM(A$1:A%d)\n", i, i * i, i, i, i
}' >table.csv
convert()
{
	"$office" "-env:UserInstallation=file://$PWD/profile" --headless \
		--norestore --convert-to "$@" >convert.log 2>&1
	echo "exit status $?"
}
convert odt:writer8 --infilter='HTML (StarWriter)' text.html
convert txt:Text text.odt
cksum text.txt
convert pdf text.odt
head -c 5 text.pdf
echo
grep -ac '/Type */Page\>' text.pdf
convert xlsx table.csv
rm table.csv
convert csv table.xlsx
wc -l <table.csv
cksum table.csv
