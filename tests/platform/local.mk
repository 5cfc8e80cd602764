# SPDX-License-Identifier: BSD-3-Clause
# Limits, file systems, and other kinds of memory.
script_tests += \
	tests/platform/address-limit.sh \
	tests/platform/core-size.sh \
	tests/platform/hugetlbfs.sh \
	tests/platform/no-tmpfile.sh

# On real DAX memory, in an emulated machine: DAX_VM is the tool that runs it,
# DAX_LENGTH=short the length that CI has time for.
EXTRA_DIST += \
	tests/platform/dax-guest.sh \
	tests/platform/dax.sh
check-dax:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/platform/dax.sh
.PHONY: check-dax
