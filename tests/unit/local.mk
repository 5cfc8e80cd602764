# SPDX-License-Identifier: BSD-3-Clause
# Units: Check programs around one module.
unit_programs = \
	tests/unit/bitmap \
	tests/unit/bootstrap \
	tests/unit/checked \
	tests/unit/commit \
	tests/unit/copy \
	tests/unit/defer \
	tests/unit/env \
	tests/unit/extent \
	tests/unit/extent-history \
	tests/unit/format \
	tests/unit/host \
	tests/unit/huge \
	tests/unit/json \
	tests/unit/native-arena \
	tests/unit/native-mid \
	tests/unit/native-pages \
	tests/unit/native-realloc \
	tests/unit/native-slab \
	tests/unit/native-spares \
	tests/unit/parts \
	tests/unit/past \
	tests/unit/place \
	tests/unit/places \
	tests/unit/plugin \
	tests/unit/plugin-table \
	tests/unit/poisson \
	tests/unit/pool \
	tests/unit/pool-full \
	tests/unit/samples \
	tests/unit/sharers
if WITH_TOOLS
unit_programs += \
	tests/unit/counters \
	tests/unit/noise \
	tests/unit/signed-rank \
	tests/unit/stats-file
if WITH_ZSTD
unit_programs += \
	tests/unit/replay-calls \
	tests/unit/stack \
	tests/unit/timeline \
	tests/unit/trace \
	tests/unit/trace-damage
endif
endif

tests/unit/%: private AM_CFLAGS = $(VMM_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = libcore.la $(CHECK_LIBS)
native_unit_ldadd = tests/stress/libnative.la $(unit_ldadd)

if HAVE_CHECK
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
EXTRA_DIST += \
	tests/unit/make-pool.h \
	tests/unit/pool.h \
	tests/unit/refuse.h \
	tests/unit/tiny-fs.h \
	tests/unit/unit.h

tests_unit_bitmap_LDADD = $(unit_ldadd)
tests_unit_bootstrap_LDADD = $(unit_ldadd)
tests_unit_checked_LDADD = $(unit_ldadd)
tests_unit_commit_LDADD = $(unit_ldadd)
tests_unit_copy_LDADD = $(unit_ldadd)
tests_unit_defer_LDADD = $(unit_ldadd)
tests_unit_env_CPPFLAGS = $(libcore_la_CPPFLAGS)
tests_unit_env_LDADD = $(unit_ldadd)
tests_unit_extent_LDADD = $(unit_ldadd)
tests_unit_extent_history_LDADD = $(unit_ldadd)
tests_unit_format_LDADD = $(unit_ldadd)
tests_unit_host_LDADD = $(unit_ldadd)
tests_unit_huge_LDADD = $(unit_ldadd)
tests_unit_json_LDADD = $(unit_ldadd)
tests_unit_native_arena_LDADD = $(native_unit_ldadd)
tests_unit_native_mid_LDADD = $(native_unit_ldadd)
tests_unit_native_pages_LDADD = $(native_unit_ldadd)
tests_unit_native_realloc_LDADD = $(native_unit_ldadd)
tests_unit_native_slab_LDADD = $(native_unit_ldadd)
tests_unit_native_spares_LDADD = $(native_unit_ldadd)
tests_unit_parts_LDADD = $(unit_ldadd)
tests_unit_past_LDADD = $(unit_ldadd)
tests_unit_place_LDADD = $(unit_ldadd)
tests_unit_places_LDADD = $(unit_ldadd)
tests_unit_plugin_LDADD = $(unit_ldadd)
tests_unit_plugin_table_LDADD = $(unit_ldadd)
tests_unit_poisson_LDADD = $(unit_ldadd) -lm
tests_unit_pool_LDADD = $(unit_ldadd)
tests_unit_pool_full_LDADD = $(unit_ldadd)
tests_unit_samples_LDADD = $(unit_ldadd)
tests_unit_sharers_LDADD = $(unit_ldadd)
tests_unit_counters_SOURCES = \
	cli/compare/counters.c \
	cli/compare/counters.h \
	tests/unit/counters.c
tests_unit_counters_LDADD = $(CHECK_LIBS)
tests_unit_noise_SOURCES = \
	cli/cli.c \
	cli/cli.h \
	cli/compare/frequency.c \
	cli/compare/frequency.h \
	cli/compare/noise.c \
	cli/compare/noise.h \
	cli/compare/quantity.c \
	cli/compare/quantity.h \
	tests/unit/noise.c
tests_unit_noise_LDADD = $(CHECK_LIBS) -lm
tests_unit_signed_rank_SOURCES = \
	cli/cli.c \
	cli/cli.h \
	cli/compare/signed_rank.c \
	cli/compare/signed_rank.h \
	tests/unit/signed-rank.c
tests_unit_signed_rank_LDADD = $(CHECK_LIBS) -lm
tests_unit_stack_SOURCES = \
	backends/record/lane.h \
	backends/record/stack.c \
	backends/record/stack.h \
	backends/record/stack_table.h \
	base/unwind.c \
	base/unwind.h \
	tests/unit/stack.c
tests_unit_stack_LDADD = $(CHECK_LIBS) -lpthread
tests_unit_stats_file_SOURCES = \
	cli/stats_file.c \
	cli/stats_file.h \
	tests/unit/stats-file.c
tests_unit_stats_file_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_stats_file_LDADD = $(CHECK_LIBS) $(JANSSON_LIBS)
tests_unit_timeline_SOURCES = \
	cli/trace/timeline.c \
	cli/trace/timeline.h \
	tests/unit/timeline.c
tests_unit_timeline_LDADD = $(CHECK_LIBS)
tests_unit_replay_calls_SOURCES = \
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
	tests/unit/replay-calls.c
tests_unit_replay_calls_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
tests_unit_replay_calls_LDADD = $(CHECK_LIBS) $(ZSTD_LIBS) -lm
trace_unit_sources = \
	$(trace_sources) \
	base/poisson.c \
	base/poisson.h \
	cli/cli.c \
	cli/cli.h \
	tests/unit/make-trace.h
tests_unit_trace_SOURCES = $(trace_unit_sources) tests/unit/trace.c
tests_unit_trace_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
tests_unit_trace_LDADD = $(CHECK_LIBS) $(ZSTD_LIBS) -lm
tests_unit_trace_damage_SOURCES = \
	$(trace_unit_sources) \
	tests/unit/trace-damage.c
tests_unit_trace_damage_CPPFLAGS = $(AM_CPPFLAGS) $(ZSTD_CFLAGS)
tests_unit_trace_damage_LDADD = $(CHECK_LIBS) $(ZSTD_LIBS)
