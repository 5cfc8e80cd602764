# SPDX-License-Identifier: BSD-3-Clause
# The command vmmalloc.
tool_tests += \
	tests/cli/backends.sh \
	tests/cli/compare-contenders.sh \
	tests/cli/compare-design.sh \
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
	tests/cli/record.sh \
	tests/cli/replay.sh \
	tests/cli/run.sh \
	tests/cli/stat.sh \
	tests/cli/top.sh
EXTRA_DIST += \
	tests/cli/common.sh \
	tests/cli/live.sh \
	tests/cli/wrong.sh

# recorded by tests/cli/compare-sizes.sh, record.sh and replay.sh; looked at by
# ctl.sh, stat.sh and top.sh
check_PROGRAMS += \
	tests/cli/busy \
	tests/cli/recorded
