# SPDX-License-Identifier: BSD-3-Clause
# Checkers of the code, and of the tests themselves.
#
#	make check-analysis			gcc -fanalyzer, cppcheck, clang-tidy
#	make check-analysis ANALYSIS=short	clang-tidy reads a part
#	make check-mutation			100 mutants of core/ and native: hours
#	make check-mutation MUTANTS=5 MUTATION_SEED=2
#	make check-coverage			the lines that coverage_tests reach
#	make check-coverage COVERAGE=faults	those of the short check-faults as well,
#						which take seconds each
#	make check-coverage COVERAGE=short	those of check-quick
ANALYSIS = long
COVERAGE = long
MUTANTS = 100
MUTATION_SEED = 1
checker_tests = \
	tests/checkers/analysis.sh \
	tests/checkers/coverage.sh \
	tests/checkers/mutation.sh
# What make check-coverage runs, with native: other backends reach no other lines
# but those for backends that are told of threads. Left out are tests that read
# files, that measure, or whose processes cannot write what they count: in a sandbox,
# in a signal handler, or, for a faulty backend, while a lock is held.
uncounted_tests = \
	tests/apps/% \
	tests/company/% \
	tests/cost/% \
	tests/package/% \
	tests/plugin/abi.sh \
	tests/preload/closed-returns-memory% \
	tests/preload/fork-beside% \
	tests/preload/fork-heap-stack% \
	tests/preload/fork-in-signal% \
	tests/preload/fork-storm% \
	tests/preload/resource-limits% \
	tests/preload/sandbox% \
	tests/preload/thread-storm% \
	tests/unit/extent-history
coverage_tests = \
	$(inprocess_programs) \
	$(filter-out $(uncounted_tests),$(SHORT_TESTS)) \
	$(misuse_programs:=.tmpfs.native-debug.t) \
	tests/cli/ctl.sh \
	tests/cli/help.sh \
	tests/cli/profile.sh \
	tests/cli/stat.sh \
	tests/preload/allocx.tmpfs.native-debug.t \
	tests/preload/commit-threads.disk.native.t \
	tests/preload/fork-generations.tmpfs.native-debug.t \
	tests/preload/fork-generations-mode2.disk.native.t \
	tests/preload/fork-generations-mode2.reflink.native.t \
	tests/preload/fork-private-mode2.disk.native.t \
	tests/preload/full-disk.disk.native.t \
	tests/preload/model.tmpfs.native-debug.t \
	tests/preload/threads.tmpfs.jemalloc.t
EXTRA_DIST += \
	$(checker_tests) \
	tests/checkers/clang-tidy \
	tests/checkers/cppcheck \
	tests/checkers/dump.c \
	tests/checkers/equivalent \
	tests/checkers/gcc-analyzer

check-analysis:
	TEST_ANALYSIS='$(ANALYSIS)' \
		$(MAKE) $(AM_MAKEFLAGS) check check_PROGRAMS= \
		TESTS=tests/checkers/analysis.sh
check-coverage:
	TEST_COVERAGE='$(COVERAGE)' \
		$(MAKE) $(AM_MAKEFLAGS) check check_PROGRAMS= \
		TESTS=tests/checkers/coverage.sh
check-counted:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(coverage_tests)' \
		test_backends=native
check-mutation:
	TEST_MUTANTS='$(MUTANTS)' TEST_SEED='$(MUTATION_SEED)' \
		$(MAKE) $(AM_MAKEFLAGS) check check_PROGRAMS= \
		TESTS=tests/checkers/mutation.sh

clean-local: clean-checkers
clean-checkers:
	rm -rf coverage mutation mutation-*
.PHONY: check-analysis check-counted check-coverage check-mutation clean-checkers
