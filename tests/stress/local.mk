# SPDX-License-Identifier: BSD-3-Clause
# The model-based test, and loads. `make check` runs the former briefly, with every backend; these
# targets run it for any length of time:
#
#	make check-stress STRESS_SECONDS=600 LOAD_SECONDS=60
#	make check-sanitizers SANITIZE_SECONDS=600
#	make check-fuzz FUZZ_SECONDS=600
#
# in seconds per test. They leave results and logs like make check.
model_sources = \
	tests/stress/model.c \
	tests/stress/model.h \
	tests/stress/pattern.c \
	tests/stress/pattern.h \
	tests/stress/random.c \
	tests/stress/random.h \
	tests/stress/shadow.c \
	tests/stress/shadow.h
inprocess_sources = \
	$(model_sources) \
	tests/stress/inprocess.c \
	tests/stress/inprocess.h

# The native heap, and its debug build, as libraries to link with.
check_LTLIBRARIES += \
	tests/stress/libnative.la \
	tests/stress/libnative_debug.la
tests_stress_libnative_la_SOURCES = $(backends_native_la_SOURCES)
tests_stress_libnative_la_CFLAGS = $(backends_native_la_CFLAGS)
tests_stress_libnative_debug_la_SOURCES = $(debug_native_la_SOURCES)
tests_stress_libnative_debug_la_CPPFLAGS = $(debug_native_la_CPPFLAGS)
tests_stress_libnative_debug_la_CFLAGS = $(debug_native_la_CFLAGS)

inprocess_programs = \
	tests/fuzz/replay \
	tests/stress/inprocess-model \
	tests/stress/inprocess-model-debug
check_PROGRAMS += $(inprocess_programs)
TESTS += $(inprocess_programs)
tests_stress_inprocess_model_SOURCES = \
	tests/stress/inprocess-model.c \
	$(inprocess_sources)
tests_stress_inprocess_model_LDADD = \
	tests/stress/libnative.la \
	libcore.la
tests_stress_inprocess_model_debug_SOURCES = \
	$(tests_stress_inprocess_model_SOURCES)
tests_stress_inprocess_model_debug_LDADD = \
	tests/stress/libnative_debug.la \
	libcore.la

fuzz_sources = \
	tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h \
	$(inprocess_sources)
tests_fuzz_replay_SOURCES = \
	tests/fuzz/replay.c \
	$(fuzz_sources)
tests_fuzz_replay_LDADD = $(tests_stress_inprocess_model_LDADD)

# With a main from libFuzzer: tests/fuzz/fuzz.sh builds it in its own directory.
EXTRA_PROGRAMS = tests/fuzz/libfuzzer
tests_fuzz_libfuzzer_SOURCES = $(fuzz_sources)
tests_fuzz_libfuzzer_LDADD = $(tests_stress_inprocess_model_LDADD)
tests_fuzz_libfuzzer_LDFLAGS = -fsanitize=fuzzer

# The readers of plans and of traces
plan_fuzz_sources = \
	cli/cli.c \
	cli/cli.h \
	cli/compare/metric.c \
	cli/compare/metric.h \
	cli/compare/plan.c \
	cli/compare/plan.h \
	cli/compare/quantity.c \
	cli/compare/quantity.h \
	tests/fuzz/fuzz.h \
	tests/fuzz/plan.c
trace_fuzz_sources = \
	$(trace_sources) \
	base/poisson.c \
	base/poisson.h \
	cli/cli.c \
	cli/cli.h \
	cli/replay/calls.c \
	cli/replay/calls.h \
	cli/replay/course.c \
	cli/replay/course.h \
	cli/replay/result.c \
	cli/replay/result.h \
	cli/trace/summary.c \
	cli/trace/summary.h \
	cli/trace/timeline.c \
	cli/trace/timeline.h \
	tests/fuzz/fuzz.h \
	tests/fuzz/trace.c
EXTRA_PROGRAMS += \
	tests/fuzz/libfuzzer-plan \
	tests/fuzz/libfuzzer-trace
reader_programs =
if WITH_TOOLS
reader_programs += tests/fuzz/replay-plan
if WITH_ZSTD
reader_programs += tests/fuzz/replay-trace
endif
endif
check_PROGRAMS += $(reader_programs)
TESTS += $(reader_programs)
tests_fuzz_libfuzzer_plan_SOURCES = $(plan_fuzz_sources)
tests_fuzz_libfuzzer_plan_LDADD = -lm
tests_fuzz_libfuzzer_plan_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_libfuzzer_trace_SOURCES = $(trace_fuzz_sources)
tests_fuzz_libfuzzer_trace_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
tests_fuzz_libfuzzer_trace_LDADD = $(ZSTD_LIBS) -lm
tests_fuzz_libfuzzer_trace_LDFLAGS = -fsanitize=fuzzer
tests_fuzz_replay_plan_SOURCES = \
	$(plan_fuzz_sources) \
	tests/fuzz/replay.c
tests_fuzz_replay_plan_LDADD = -lm
tests_fuzz_replay_trace_SOURCES = \
	$(trace_fuzz_sources) \
	tests/fuzz/replay.c
tests_fuzz_replay_trace_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
tests_fuzz_replay_trace_LDADD = $(ZSTD_LIBS) -lm

# Long runs

STRESS_SECONDS = 60
LOAD_SECONDS = $(STRESS_SECONDS)
SANITIZE_SECONDS = 60
FUZZ_SECONDS = 60
# Loads, with every backend; those that fork also in other modes of fork.
check_PROGRAMS += tests/preload/load
loads = \
	load-full \
	load-generations \
	load-generations-mode2 \
	load-generations-return \
	load-purge \
	load-purge-mode2 \
	load-purge-return \
	load-succession \
	load-threads
stress_tests = \
	$(test_backends:%=tests/stress/model.tmpfs.%.t) \
	tests/stress/model.tmpfs.native-debug.t \
	$(foreach backend,$(test_backends), \
		$(loads:%=tests/stress/%.tmpfs.$(backend).t))
sanitize_tests = \
	tests/stress/sanitize-address.sh \
	tests/stress/sanitize-thread.sh
fuzz_tests = \
	tests/fuzz/afl.sh \
	tests/fuzz/fuzz.sh
EXTRA_DIST += \
	$(fuzz_tests) \
	$(sanitize_tests) \
	tests/fuzz/targets.sh \
	tests/stress/sanitize-common.sh
CLEANFILES += $(stress_tests)

$(stress_tests):
	@$(MKDIR_P) $(@D) && : > $@

check-stress: $(stress_tests)
	TEST_SECONDS='$(STRESS_SECONDS)' TEST_LOAD_SECONDS='$(LOAD_SECONDS)' \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(stress_tests)'
check-sanitizers:
	TEST_SECONDS='$(SANITIZE_SECONDS)' \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(sanitize_tests)'
check-fuzz:
	TEST_SECONDS='$(FUZZ_SECONDS)' \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(fuzz_tests)'

clean-local: clean-sanitized
clean-sanitized:
	rm -rf sanitized-*

.PHONY: check-fuzz check-sanitizers check-stress clean-sanitized
