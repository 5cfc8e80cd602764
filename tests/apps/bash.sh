# SPDX-License-Identifier: BSD-3-Clause
# bash: pipes, subshells, arrays, process substitution.
. "$TEST_SRCDIR/tests/lib.sh"

need bash
exec bash <<'SCRIPT'
set -o pipefail
declare -A count
while read -r word; do
	count[$word]=$((${count[$word]:-0} + 1))
done < <(for i in {1..3000}; do echo "word$((i * i % 97))"; done)
for word in "${!count[@]}"; do
	echo "$word ${count[$word]}"
done | sort | awk '{ n += $2; print } END { print NR, n }'
text=
for i in {1..300}; do text+="line $i"$'\n'; done
echo "$text" | grep -c 'line .*7' | tr 0-9 a-j
for i in {1..20}; do
	echo $(echo $(seq 1 $i | tail -n 1) | sed 's/$/!/')
done
(exit 3) || echo "status $?"
seq 1 100000 | (sleep 0; cat) | sort -rn | head -n 3
cut -c 1-20 <<<"${text//line/row}" | head -n 5
SCRIPT
