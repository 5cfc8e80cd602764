# SPDX-License-Identifier: BSD-3-Clause
# helgrind and drd, with the suppressions that are installed, find nothing in a
# program whose threads share blocks under a lock, and the data race of another;
# without the suppressions they blame the heap. TEST_VALGRIND=long: they and
# memcheck find no more in real programs under the debug variant than without it.
. "$TEST_SRCDIR/tests/lib.sh"

program=$TEST_BUILDDIR/tests/debug/raced
suppressions=$TEST_SRCDIR/backends/native/valgrind.supp
need valgrind
make_scratch
shown=$scratch/err
can_valgrind preload native-debug 64M valgrind -q --tool=none "$program" none ||
	skip "valgrind cannot read this compiler's debug information"

# run TOOL COMMAND...: exit status 9 if the tool reports something.
run()
{
	tool=$1
	shift
	preload native-debug 64M \
		valgrind -q --tool="$tool" --error-exitcode=9 \
		--soname-synonyms=somalloc=nouserintercepts $supp "$@" \
		>"$scratch/out" 2>"$scratch/err"
}

for tool in helgrind drd; do
	supp=--suppressions=$suppressions
	cases=$((cases + 3))
	run $tool "$program" none ||
		fail "$tool blames a program without mistakes"
	run $tool "$program" race
	test $? = 9 || fail "$tool does not find a data race"
	grep -qE 'at 0x[0-9A-F]+: work \(raced.c' "$scratch/err" ||
		fail "$tool does not say where the data race is"
	supp=
	run $tool "$program" none
	test $? = 9 || fail "$tool needs no suppressions any more"
done

# compare TOOL COMMAND...: the number of errors with the library and without.
compare()
{
	cases=$((cases + 1))
	tool=$1
	shift
	supp="--suppressions=$suppressions --log-file=$scratch/with.%p"
	run "$tool" "$@" <"$scratch/text"
	cp "$scratch/out" "$scratch/out-with"
	valgrind -q --tool="$tool" --log-file="$scratch/without.%p" "$@" \
		<"$scratch/text" >"$scratch/out-without" 2>/dev/null
	cmp "$scratch/out-with" "$scratch/out-without" ||
		fail "$tool $1: another output"
	with=$(count "$scratch"/with.*)
	without=$(count "$scratch"/without.*)
	echo "$tool $1: $with, without the library $without"
	shown=
	test "$with" -le "$without" || {
		head -n 60 "$scratch"/with.*
		fail "$tool $1: more is found"
	}
	rm -f "$scratch"/with.* "$scratch"/without.*
}

# Reports in logs: each begins with a line of text below the process's number.
count()
{
	cat "$@" | grep -cE '^==[0-9]+== (Possible data race|Conflicting|Invalid|Conditional|Use of uninit|Mismatched|Syscall param|Source and dest|Thread #.*:)'
}

if test "${TEST_VALGRIND-}" = long; then
	shown=
	seq 1 20000 | sed 's/$/ some text that can be sorted/' |
		sort -R >"$scratch/text"
	for tool in memcheck helgrind drd; do
		compare $tool sort --parallel=4 -n
		compare $tool xz -0 -T 2 -c
		compare $tool sqlite3 :memory: 'create table t(a);
			with recursive n(x) as (select 1 union all
			select x + 1 from n where x < 2000)
			insert into t select x from n; select sum(a) from t;'
		compare $tool perl -e 'my %h; $h{$_ % 977} .= $_ for 1 .. 20000;
			print length($h{7}), "\n"'
	done
fi
finish
