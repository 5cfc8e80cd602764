# SPDX-License-Identifier: BSD-3-Clause
# The benchmarks: built by `make bench` and `make check`, not by plain `make`.
bench_programs = \
	bench/burst \
	bench/cache-scratch \
	bench/cache-thrash \
	bench/cfrac \
	bench/chill \
	bench/commit_cost \
	bench/drift \
	bench/first-touch \
	bench/fork_cost \
	bench/grow \
	bench/large \
	bench/larson \
	bench/measure \
	bench/mid \
	bench/misuse-program \
	bench/mstress \
	bench/pair \
	bench/preloads-program \
	bench/repeat \
	bench/sparse \
	bench/spin \
	bench/startup_cost \
	bench/storm \
	bench/tables \
	bench/threadtest \
	bench/whose \
	bench/xmalloc
if HAVE_CXX
bench_programs += bench/misuse-operators
endif
bench_common = \
	bench/bench.c \
	bench/bench.h
bench_scripts = \
	bench/bgsave \
	bench/cold \
	bench/comparison.py \
	bench/core-costs \
	bench/inputs.py \
	bench/instructions \
	bench/measuring.py \
	bench/misuse \
	bench/picture.py \
	bench/planted \
	bench/preloads \
	bench/profile-cost \
	bench/record_costs.py \
	bench/report.py \
	bench/run \
	bench/traces \
	bench/workloads.py

check_PROGRAMS += $(bench_programs)
bench_burst_SOURCES = bench/burst.c $(bench_common)
bench_cache_scratch_SOURCES = bench/cache-scratch.c $(bench_common)
bench_cache_thrash_SOURCES = bench/cache-thrash.c $(bench_common)
bench_cfrac_SOURCES = bench/cfrac.c $(bench_common)
bench_chill_SOURCES = bench/chill.c
bench_commit_cost_CPPFLAGS = $(libcore_la_CPPFLAGS)
bench_commit_cost_SOURCES = bench/commit_cost.c
bench_commit_cost_LDADD = libcore.la
bench_drift_SOURCES = bench/drift.c $(bench_common)
bench_first_touch_SOURCES = bench/first-touch.c $(bench_common)
bench_fork_cost_SOURCES = bench/fork_cost.c
bench_grow_SOURCES = bench/grow.c $(bench_common)
bench_large_SOURCES = bench/large.c $(bench_common)
bench_larson_SOURCES = bench/larson.c $(bench_common)
bench_measure_SOURCES = bench/measure.c
bench_mid_SOURCES = bench/mid.c $(bench_common)
# Sized delete is not what every compiler does by default.
bench_misuse_operators_CXXFLAGS = $(AM_CXXFLAGS) \
	-fsized-deallocation -std=gnu++17
bench_misuse_operators_SOURCES = bench/misuse-operators.cc
bench_misuse_program_SOURCES = bench/misuse-program.c
bench_mstress_SOURCES = bench/mstress.c $(bench_common)
bench_pair_SOURCES = bench/pair.c $(bench_common)
bench_preloads_program_SOURCES = bench/preloads-program.c
bench_repeat_SOURCES = bench/repeat.c $(bench_common)
bench_sparse_SOURCES = bench/sparse.c $(bench_common)
bench_spin_SOURCES = bench/spin.c $(bench_common)
bench_startup_cost_SOURCES = bench/startup_cost.c
bench_storm_SOURCES = bench/storm.c $(bench_common)
bench_tables_SOURCES = bench/tables.c $(bench_common)
bench_threadtest_SOURCES = bench/threadtest.c $(bench_common)
bench_whose_SOURCES = bench/whose.c
bench_xmalloc_SOURCES = bench/xmalloc.c $(bench_common)

TESTS += bench/smoke.sh
EXTRA_DIST += \
	$(bench_scripts) \
	bench/burn.c \
	bench/smoke.sh

# make bench BENCH_FLAGS='--runs 3 --workloads larson,gcc --plot bench.svg'
bench: all $(bench_programs)
	$(srcdir)/bench/run --builddir . $(BENCH_FLAGS)

.PHONY: bench
