# SPDX-License-Identifier: BSD-3-Clause
# sort of a large file, with threads; and programs that process the result.
awk 'BEGIN {
	x = 42
	for (i = 0; i < 300000; i++) {
		x = (x * 69069 + 1) % 4294967296
		print x, i, "some text to carry around"
	}
}' >input
sort --parallel=4 -k 1,1n input >sorted
sort -c -k 1,1n sorted && echo "sorted"
cksum <sorted
sort -u -k 3 input
sort -S 1M -k 2,2nr input | cksum
cut -d ' ' -f 1 sorted | uniq | wc -l
join -j 1 sorted sorted 2>/dev/null | head -n 3
