# SPDX-License-Identifier: BSD-3-Clause
# libFuzzer looks for sequences of calls that break the heap, for TEST_SECONDS,
# with the address and the undefined behaviour sanitizers. What it finds is kept
# in the build directory, to be replayed by tests/fuzz/replay.
. "$TEST_SRCDIR/tests/stress/sanitize-common.sh"

need clang
build_with fuzz clang \
	"-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" \
	tests/fuzz/libfuzzer
mkdir corpus || exit 99
# without a corpus it would stay with one or two calls for long
for i in 1 2 3 4 5 6 7 8; do
	head -c $((i * 150)) /dev/urandom >corpus/$i || exit 99
done
run tests/fuzz/libfuzzer -max_total_time="$seconds" -max_len=1800 \
	-len_control=0 -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
	-artifact_prefix="$directory/" corpus
