# SPDX-License-Identifier: BSD-3-Clause
# Vectors of tcmalloc grow to what the pool allows, although tcmalloc does not
# return memory to it: as far as in the library without the pool, with the same
# limit, in nearly all cases, and not less on average.
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/tcmalloc.so || finish
tcmalloc=$(ldd backends/.libs/tcmalloc.so 2>/dev/null |
	awk '/libtcmalloc/ { print $3 }')
results=$scratch/results

for size in 32 48 64 96 128 192 256 384; do
	for factor in "2 1" "7 4" "3 2" "5 4"; do
		# shellcheck disable=SC2086 # two words
		ours=$(preload tcmalloc ${size}M tests/adapter/grow $factor \
			$size 75)
		check "a pool of $size MiB, growth by $factor" $?
		test -n "$tcmalloc" || continue
		# shellcheck disable=SC2086 # two words
		theirs=$(TCMALLOC_HEAP_LIMIT_MB=$size LD_PRELOAD=$tcmalloc \
			tests/adapter/grow $factor $size 0 2>/dev/null)
		echo "$size MiB, $factor: $ours $theirs" >>"$results"
	done
done
test -n "$tcmalloc" || finish
cat "$results"
awk '{ n++; sum += $(NF - 1) / $NF; if ($(NF - 1) < $NF) worse++ }
	END {
		printf "%d of %d are smaller, on average %.2f times as large\n",
			worse, n, sum / n
		exit worse > n / 8 || sum < n
	}' "$results"
check "growth as far as without the pool" $?
finish
