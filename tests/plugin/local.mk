# SPDX-License-Identifier: BSD-3-Clause
# The interface to backends, tested with plugins that break it.
script_tests += tests/plugin/abi.sh
tool_tests += tests/plugin/conform.sh
EXTRA_DIST += \
	tests/plugin/abi.c \
	tests/plugin/outside.sh
check_PROGRAMS += tests/plugin/use

# Loaded by vmmalloc in tests/plugin/conform.sh.
check_LTLIBRARIES += tests/plugin/faulty.la
tests_plugin_faulty_la_CFLAGS = $(AM_CFLAGS) $(BACKEND_FLAGS)
tests_plugin_faulty_la_LDFLAGS = $(BACKEND_LDFLAGS) \
	-rpath $(abs_top_builddir)/tests/plugin

# The examples, built with the installed files. distcheck runs it as well.
installcheck-local:
	@TEST_SRCDIR='$(abs_top_srcdir)' TEST_CC='$(CC)' \
	TEST_BINDIR='$(DESTDIR)$(bindir)' \
	TEST_PKGCONFIGDIR='$(DESTDIR)$(pkgconfigdir)' \
	$(SHELL) $(srcdir)/tests/plugin/outside.sh || test $$? = 77
.PHONY: installcheck-local
