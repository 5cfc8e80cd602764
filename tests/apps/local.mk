# SPDX-License-Identifier: BSD-3-Clause
# Real programs, whose output must not change.
app_scripts = \
	tests/apps/bash.sh \
	tests/apps/bwrap.sh \
	tests/apps/cc.sh \
	tests/apps/git.sh \
	tests/apps/limited-python3.sh \
	tests/apps/luajit.sh \
	tests/apps/man.sh \
	tests/apps/node.sh \
	tests/apps/perl.sh \
	tests/apps/python3.sh \
	tests/apps/redis.sh \
	tests/apps/sort.sh \
	tests/apps/sqlite3.sh \
	tests/apps/tcc.sh
# Those that fork in a special way are also run in mode 2.
app_fork_modes = \
	tests/apps/bash-return \
	tests/apps/python3-return \
	tests/apps/redis-mode2 \
	tests/apps/redis-return \
	tests/apps/bwrap-mode2 \
	tests/apps/limited-python3-mode2 \
	tests/apps/tcc-mode2
# These take minutes: make check-apps runs them in every mode.
long_app_scripts = \
	tests/apps/apache.sh \
	tests/apps/build.sh \
	tests/apps/postgresql.sh \
	tests/apps/python-tests.sh
long_app_modes = \
	$(long_app_scripts:.sh=.tmpfs) \
	$(long_app_scripts:.sh=-mode2.tmpfs) \
	$(long_app_scripts:.sh=-mode3.tmpfs) \
	$(long_app_scripts:.sh=-return.tmpfs)
EXTRA_DIST += \
	$(app_scripts) \
	$(long_app_scripts)
