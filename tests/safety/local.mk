# SPDX-License-Identifier: BSD-3-Clause
# Wrong settings, and protection against other users and broken programs.
script_tests += \
	tests/safety/errors.sh \
	tests/safety/others.sh \
	tests/safety/safety.sh
check_PROGRAMS += \
	tests/safety/code-pointers \
	tests/safety/deny \
	tests/safety/hold \
	tests/safety/linked
# -no-install: the program finds the library in the build tree
tests_safety_linked_LDADD = libvmmalloc.la
tests_safety_linked_LDFLAGS = -no-install

# The tests that SECURITY names.
security_cells = \
	tests/preload/child-cannot-write \
	tests/preload/child-cannot-write-mode2 \
	tests/preload/child-cannot-write-return \
	tests/preload/closed-descriptors \
	tests/preload/fork-closed-descriptors \
	tests/preload/fork-closed-descriptors-mode2 \
	tests/preload/fork-replaced-descriptors \
	tests/preload/fork-replaced-descriptors-mode2 \
	tests/preload/full-filesystem \
	tests/preload/limits \
	tests/preload/page-attributes \
	tests/preload/page-attributes-mode2 \
	tests/preload/reused-number
security_tests = \
	tests/debug/logging.sh \
	tests/safety/errors.sh \
	tests/safety/others.sh \
	tests/safety/safety.sh \
	$(security_cells:=.tmpfs.native.t)
check-security:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(security_tests)'
.PHONY: check-security
