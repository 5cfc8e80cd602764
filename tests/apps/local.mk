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
# make check-apps also runs these, and everything above, in each cell of
# APP_CELLS: a mode of fork, or return, and a place of the pool. A pool in memory
# is divided in one way, whatever the mode.
long_app_scripts = \
	tests/apps/apache.sh \
	tests/apps/brk.sh \
	tests/apps/build.sh \
	tests/apps/chromium.sh \
	tests/apps/compile.sh \
	tests/apps/ffmpeg.sh \
	tests/apps/firefox.sh \
	tests/apps/java.sh \
	tests/apps/libreoffice.sh \
	tests/apps/mariadb.sh \
	tests/apps/memcached.sh \
	tests/apps/nginx.sh \
	tests/apps/postgresql.sh \
	tests/apps/privileges.sh \
	tests/apps/python-tests.sh \
	tests/apps/stress-ng.sh
APP_CELLS = \
	1.tmpfs \
	2.tmpfs \
	3.tmpfs \
	return.tmpfs \
	1.disk \
	2.disk \
	return.disk \
	1.ram
# APPS_LENGTH=short is the part that CI has time for: the quick ones, with native
# on tmpfs.
short_apps = \
	tests/apps/bwrap \
	tests/apps/git \
	tests/apps/java \
	tests/apps/man \
	tests/apps/mariadb \
	tests/apps/memcached \
	tests/apps/nginx \
	tests/apps/node \
	tests/apps/postgresql \
	tests/apps/privileges \
	tests/apps/redis
apps = $(app_scripts:.sh=) $(long_app_scripts:.sh=)
app_tests = $(apps:=.native.app)
if WITH_JEMALLOC
app_tests += $(apps:=.jemalloc.app)
endif
if WITH_TCMALLOC
app_tests += $(apps:=.tcmalloc.app)
endif
short_app_tests = $(short_apps:=.native.app)
CLEANFILES += $(app_tests)
EXTRA_DIST += \
	$(app_scripts) \
	$(long_app_scripts) \
	tests/apps/cells.sh \
	tests/apps/common.sh \
	tests/apps/known \
	tests/apps/page.sh

$(app_tests):
	@$(MKDIR_P) $(@D) && : > $@

# Applications whose results must not change, in every cell: hours. The table of
# doc/compatibility.md must then be what scripts/apps-table makes of the results.
check-apps:
	if test '$(APPS_LENGTH)' = short; then \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(short_app_tests)' \
			APP_CELLS='1.tmpfs 2.tmpfs' check_PROGRAMS=; \
	else \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(app_tests)' \
			check_PROGRAMS=; \
	fi
	$(SHELL) $(top_srcdir)/scripts/apps-table $(abs_top_builddir)
.PHONY: check-apps
