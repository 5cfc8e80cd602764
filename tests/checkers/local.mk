# SPDX-License-Identifier: BSD-3-Clause
# Checkers of the code, and of the tests themselves.
#
#	make check-analysis			gcc -fanalyzer, cppcheck, clang-tidy
#	make check-analysis ANALYSIS=short	clang-tidy reads a part
#	make check-mutation			100 mutants of core/ and native: hours
#	make check-mutation MUTANTS=5 MUTATION_SEED=2
#	make check-coverage			the lines that make check, check-wide
#						and check-faults reach: an hour
#	make check-coverage COVERAGE=short	those of check-quick
ANALYSIS = long
COVERAGE = long
MUTANTS = 100
MUTATION_SEED = 1
checker_tests = \
	tests/checkers/analysis.sh \
	tests/checkers/coverage.sh \
	tests/checkers/mutation.sh
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
check-mutation:
	TEST_MUTANTS='$(MUTANTS)' TEST_SEED='$(MUTATION_SEED)' \
		$(MAKE) $(AM_MAKEFLAGS) check check_PROGRAMS= \
		TESTS=tests/checkers/mutation.sh

clean-local: clean-checkers
clean-checkers:
	rm -rf coverage mutation mutation-*
.PHONY: check-analysis check-coverage check-mutation clean-checkers
