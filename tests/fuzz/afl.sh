# SPDX-License-Identifier: BSD-3-Clause
# AFL++ on the targets of tests/fuzz/fuzz.sh, for TEST_SECONDS each: their
# function in a loop, with the address and the undefined behaviour sanitizers.
# The inputs that it collects are kept in the build directory, and the next run
# begins with them; those on which a target failed or hung are for
# tests/fuzz/replay, replay-plan and replay-trace.
. "$TEST_SRCDIR/tests/fuzz/targets.sh"

need afl-clang-fast afl-fuzz
AFL_QUIET=1
export AFL_QUIET
# shellcheck disable=SC2086 # a list of words
build_with afl afl-clang-fast \
	"-fsanitize=address,undefined -fno-sanitize-recover=all" $programs

# for a machine that does other things as well, and without a person before it
AFL_AUTORESUME=1
AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
AFL_NO_AFFINITY=1
AFL_NO_UI=1
AFL_SKIP_CPUFREQ=1
export AFL_AUTORESUME AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES AFL_NO_AFFINITY \
	AFL_NO_UI AFL_SKIP_CPUFREQ

# figure NAME: a number of the last run
figure()
{
	sed -n "s/^$1 *: //p" "$found/default/fuzzer_stats"
}

for program in $programs; do
	found=$directory/found-${program##*/}
	make_seeds
	calls=100000
	case $program in
	*-plan)
		# what it reads is never freed: a new process every so often
		ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0
		export ASAN_OPTIONS
		calls=2000
		;;
	*) unset ASAN_OPTIONS ;;
	esac
	echo "running $program"
	# shellcheck disable=SC2086 # a command, or none
	MODEL_POOL_DIR=$scratch $without_aslr afl-fuzz -i corpus -o "$found" \
		-V "$seconds" -m none -t 10000 -- "$directory/$program" \
		-$calls >log 2>&1 || {
		tail -n 20 log
		die "afl-fuzz: exit status $?"
	}
	echo "$program: $(figure execs_done) inputs, $(figure corpus_count) kept," \
		"$(figure edges_found) of $(figure total_edges) edges," \
		"stability $(figure stability)"
	cases=$((cases + 1))
	test "$(figure execs_done)" -gt 100 || fail "$program: hardly an input"
	find "$found/default/crashes" "$found/default/hangs" -name 'id:*' \
		>failed
	test ! -s failed || fail "$program: $(cat failed)"
done
finish
