# SPDX-License-Identifier: BSD-3-Clause
# libFuzzer looks for sequences of calls that break the heap, for plans and for
# traces that break their readers, for TEST_SECONDS each, with the address and
# the undefined behaviour sanitizers. What it collects is kept in the build
# directory, and the next run begins with it; what fails is kept as well, to be
# replayed by tests/fuzz/replay, replay-plan and replay-trace.
. "$TEST_SRCDIR/tests/fuzz/targets.sh"

need clang
# shellcheck disable=SC2086 # a list of words
build_with fuzz clang \
	"-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" \
	$programs

# fuzz PROGRAM SECONDS OPTION...: with what was collected before in $corpus, and
# the seeds
fuzz()
{
	fuzz_program=$1
	fuzz_seconds=$2
	shift 2
	run "$fuzz_program" -max_total_time="$fuzz_seconds" -len_control=0 \
		-timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
		-artifact_prefix="$directory/" "$@" "$corpus" corpus
}

for program in $programs; do
	corpus=$directory/corpus-${program##*/}
	mkdir -p "$corpus"
	make_seeds
	case $program in
	*-plan)
		# what it reads is never freed: again and again, for a short
		# time
		export ASAN_OPTIONS=detect_leaks=0
		for start in $(seq 0 20 $((seconds - 1))); do
			left=$((seconds - start))
			fuzz "$program" $((left < 20 ? left : 20)) -max_len=400
		done
		;;
	*)
		unset ASAN_OPTIONS
		fuzz "$program" "$seconds" -max_len=1800
		;;
	esac
done
