# SPDX-License-Identifier: BSD-3-Clause
# The vmmalloc command. It takes the parsers of the environment from the core
# and is not linked with the library: it has to start without a pool.
if WITH_TOOLS
bin_PROGRAMS += vmmalloc
endif
vmmalloc_SOURCES = \
	cli/check.c \
	cli/check.h \
	cli/child.c \
	cli/child.h \
	cli/cli.c \
	cli/cli.h \
	cli/command.c \
	cli/command.h \
	cli/commands/backends.c \
	cli/commands/compare.c \
	cli/commands/ctl.c \
	cli/commands/doctor.c \
	cli/commands/help.c \
	cli/commands/profile.c \
	cli/commands/record.c \
	cli/commands/replay.c \
	cli/commands/run.c \
	cli/commands/stat.c \
	cli/commands/top.c \
	cli/commands/trace.c \
	cli/compare/comparison.c \
	cli/compare/comparison.h \
	cli/compare/contender_environment.c \
	cli/compare/contender_spec.c \
	cli/compare/contender_spec.h \
	cli/compare/contenders.c \
	cli/compare/contenders.h \
	cli/compare/counters.c \
	cli/compare/counters.h \
	cli/compare/design.c \
	cli/compare/design.h \
	cli/compare/frequency.c \
	cli/compare/frequency.h \
	cli/compare/hook.c \
	cli/compare/hook.h \
	cli/compare/html_configuration.c \
	cli/compare/html_curves.c \
	cli/compare/html_curves.h \
	cli/compare/html_page.h \
	cli/compare/html_plot.c \
	cli/compare/html_plot.h \
	cli/compare/html_scale.c \
	cli/compare/html_scale.h \
	cli/compare/html_series.c \
	cli/compare/html_style.h \
	cli/compare/html_sweep.c \
	cli/compare/html_write.c \
	cli/compare/html_write.h \
	cli/compare/library.c \
	cli/compare/library.h \
	cli/compare/machine.c \
	cli/compare/machine.h \
	cli/compare/measure.c \
	cli/compare/measure.h \
	cli/compare/metric.c \
	cli/compare/metric.h \
	cli/compare/noise.c \
	cli/compare/noise.h \
	cli/compare/outcome.c \
	cli/compare/outcome.h \
	cli/compare/outputs.c \
	cli/compare/outputs.h \
	cli/compare/plan.c \
	cli/compare/plan.h \
	cli/compare/progress.c \
	cli/compare/progress.h \
	cli/compare/quantity.c \
	cli/compare/quantity.h \
	cli/compare/ratio.c \
	cli/compare/ratio.h \
	cli/compare/report.c \
	cli/compare/report.h \
	cli/compare/report_csv.c \
	cli/compare/report_html.c \
	cli/compare/report_json.c \
	cli/compare/report_markdown.c \
	cli/compare/requested.c \
	cli/compare/requested.h \
	cli/compare/report_sweep.c \
	cli/compare/scratch.c \
	cli/compare/scratch.h \
	cli/compare/series.c \
	cli/compare/series.h \
	cli/compare/server.c \
	cli/compare/server.h \
	cli/compare/session.c \
	cli/compare/session.h \
	cli/compare/signed_rank.c \
	cli/compare/signed_rank.h \
	cli/compare/summary.c \
	cli/compare/summary.h \
	cli/compare/sweep.c \
	cli/compare/sweep.h \
	cli/compare/title.c \
	cli/doctor/backend.c \
	cli/doctor/directory.c \
	cli/doctor/directory.h \
	cli/doctor/doctor.c \
	cli/doctor/doctor.h \
	cli/doctor/elf_file.c \
	cli/doctor/elf_file.h \
	cli/doctor/findings.c \
	cli/doctor/findings.h \
	cli/doctor/limits.c \
	cli/doctor/linked.c \
	cli/doctor/linked.h \
	cli/doctor/memory.c \
	cli/doctor/process.c \
	cli/doctor/process.h \
	cli/doctor/process_maps.c \
	cli/doctor/process_places.c \
	cli/doctor/process_text.c \
	cli/doctor/program.c \
	cli/doctor/sandbox.c \
	cli/doctor/size.c \
	cli/doctor/table.h \
	cli/gzip.h \
	cli/help.c \
	cli/help.h \
	cli/json_text.c \
	cli/json_text.h \
	cli/live/number.c \
	cli/live/number.h \
	cli/live/page.c \
	cli/live/page.h \
	cli/live/process.c \
	cli/live/process.h \
	cli/live/screen.c \
	cli/live/screen.h \
	cli/live/stat.h \
	cli/live/stat_json.c \
	cli/live/stat_metrics.c \
	cli/live/stat_text.c \
	cli/live/top.c \
	cli/live/top.h \
	cli/live/top_print.c \
	cli/locate.c \
	cli/locate.h \
	cli/main.c \
	cli/memtier.c \
	cli/memtier.h \
	cli/plugins.c \
	cli/plugins.h \
	cli/pprof.c \
	cli/pprof.h \
	cli/preload.c \
	cli/preload.h \
	cli/probe.c \
	cli/profile/print.c \
	cli/profile/profile.h \
	cli/profile/reader.c \
	cli/profile/symbols.c \
	cli/profile/symbols.h \
	cli/profile/write_pprof.c \
	cli/profile/write_speedscope.c \
	cli/program_file.c \
	cli/program_file.h \
	cli/replay/replay.h \
	cli/settings.c \
	cli/speedscope.c \
	cli/speedscope.h \
	cli/settings.h \
	cli/stats_file.c \
	cli/stats_file.h \
	cli/table.c \
	cli/table.h \
	cli/topics.c \
	cli/trace/sizes.h \
	cli/trace/trace.h \
	cli/variables.c \
	cli/variables.h
trace_sources = \
	cli/trace/blocks.c \
	cli/trace/blocks.h \
	cli/trace/lane.c \
	cli/trace/lane.h \
	cli/trace/memory.c \
	cli/trace/memory.h \
	cli/trace/reader.c \
	cli/trace/reader.h \
	cli/trace/stacks.c \
	cli/trace/stacks.h
if WITH_ZSTD
vmmalloc_SOURCES += \
	$(trace_sources) \
	cli/replay/calls.c \
	cli/replay/calls.h \
	cli/replay/contest.c \
	cli/replay/contest.h \
	cli/replay/course.c \
	cli/replay/course.h \
	cli/replay/pace.c \
	cli/replay/pace.h \
	cli/replay/player.c \
	cli/replay/player.h \
	cli/replay/report.c \
	cli/replay/report_html.c \
	cli/replay/report_json.c \
	cli/replay/result.c \
	cli/replay/result.h \
	cli/trace/export.c \
	cli/trace/export.h \
	cli/trace/export_pprof.c \
	cli/trace/export_speedscope.c \
	cli/trace/report.c \
	cli/trace/sites.c \
	cli/trace/sites.h \
	cli/trace/sizes.c \
	cli/trace/summary.c \
	cli/trace/summary.h \
	cli/trace/symbols.c \
	cli/trace/symbols.h
else
vmmalloc_SOURCES += cli/trace/without.c
endif
if WITH_ZLIB
vmmalloc_SOURCES += cli/gzip.c
else
vmmalloc_SOURCES += cli/gzip_stored.c
endif
vmmalloc_CPPFLAGS = $(AM_CPPFLAGS) \
	-DVMM_BACKEND_DIR='"$(backenddir)"' \
	-DVMM_DEFAULT_BACKEND='"$(DEFAULT_BACKEND)"' \
	-DVMM_LIBRARY='"$(libdir)/libvmmalloc.so.1"'
vmmalloc_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS) $(ZLIB_CFLAGS)
vmmalloc_LDADD = libconform.la libcore.la $(JANSSON_LIBS) $(ZSTD_LIBS) \
	$(ZLIB_LIBS) -lm -lpthread
