# SPDX-License-Identifier: BSD-3-Clause
# The command vmmalloc.
tool_tests += \
	tests/cli/backends.sh \
	tests/cli/compare-contenders.sh \
	tests/cli/compare-counters.sh \
	tests/cli/compare-design.sh \
	tests/cli/compare-noise.sh \
	tests/cli/compare-output.sh \
	tests/cli/compare-plan.sh \
	tests/cli/compare-planted.sh \
	tests/cli/compare-server.sh \
	tests/cli/compare-sizes.sh \
	tests/cli/compare-sweep.sh \
	tests/cli/compare.sh \
	tests/cli/completion.sh \
	tests/cli/ctl.sh \
	tests/cli/doctor.sh \
	tests/cli/help.sh \
	tests/cli/memtier.sh \
	tests/cli/pprof.sh \
	tests/cli/profile.sh \
	tests/cli/record-killed.sh \
	tests/cli/record-sample.sh \
	tests/cli/record-stacks.sh \
	tests/cli/record.sh \
	tests/cli/replay.sh \
	tests/cli/run.sh \
	tests/cli/stat.sh \
	tests/cli/top.sh \
	tests/cli/trace-export.sh \
	tests/cli/trace-memory.sh \
	tests/cli/trace-report.sh
EXTRA_DIST += \
	tests/cli/common.sh \
	tests/cli/live.sh \
	tests/cli/pprof.py \
	tests/cli/profile.py \
	tests/cli/speedscope.py \
	tests/cli/wrong.sh

# Recorded by tests/cli/compare-sizes.sh, record-killed.sh, record.sh,
# replay.sh, trace-memory.sh and trace-report.sh; looked at by ctl.sh, stat.sh and
# top.sh.
check_PROGRAMS += \
	tests/cli/busy \
	tests/cli/recorded

# Recorded by tests/cli/record-sample.sh, record-stacks.sh and
# trace-export.sh and trace-report.sh.
check_PROGRAMS += tests/cli/leaking

# Profiled by tests/cli/profile.sh.
check_PROGRAMS += tests/cli/profiled

# The writer of profiles, with zlib and without it, for tests/cli/pprof.sh.
pprof_written_sources = \
	cli/cli.c \
	cli/cli.h \
	cli/gzip.h \
	cli/pprof.c \
	cli/pprof.h \
	tests/cli/pprof-written.c
check_PROGRAMS += \
	tests/cli/pprof-written \
	tests/cli/pprof-written-stored
tests_cli_pprof_written_SOURCES = $(pprof_written_sources)
tests_cli_pprof_written_stored_SOURCES = \
	$(pprof_written_sources) \
	cli/gzip_stored.c
if WITH_ZLIB
tests_cli_pprof_written_SOURCES += cli/gzip.c
else
tests_cli_pprof_written_SOURCES += cli/gzip_stored.c
endif
tests_cli_pprof_written_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
tests_cli_pprof_written_LDADD = $(ZLIB_LIBS)
