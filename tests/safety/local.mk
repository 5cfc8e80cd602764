# SPDX-License-Identifier: BSD-3-Clause
# Wrong settings, and protection against other users and broken programs.
script_tests += \
	tests/safety/errors.sh \
	tests/safety/safety.sh
check_PROGRAMS += \
	tests/safety/code-pointers \
	tests/safety/deny \
	tests/safety/linked
# -no-install: the program finds the library in the build tree
tests_safety_linked_LDADD = libvmmalloc.la
tests_safety_linked_LDFLAGS = -no-install
