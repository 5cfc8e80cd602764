# SPDX-License-Identifier: BSD-3-Clause
# Programs with other libraries: preloaded before or after ours, of sanitizers,
# or with operators new and delete of their own.
script_tests += \
	tests/company/hooks.sh \
	tests/company/sanitizers.sh
wide_script_tests += \
	tests/company/hooking.sh \
	tests/company/operators.sh
EXTRA_DIST += \
	tests/company/forms.cc \
	tests/company/host.c \
	tests/company/replaced.cc \
	tests/company/replaced.h
