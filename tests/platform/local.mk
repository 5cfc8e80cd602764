# SPDX-License-Identifier: BSD-3-Clause
# Limits, file systems, and other kinds of memory.
script_tests += \
	tests/platform/address-limit.sh \
	tests/platform/commit-touch.sh \
	tests/platform/core-size.sh \
	tests/platform/disk-unit.sh \
	tests/platform/growth.sh \
	tests/platform/hugetlbfs.sh \
	tests/platform/no-tmpfile.sh \
	tests/platform/places.sh

# On real DAX memory, in emulated machines: DAX_LENGTH=short is the length that CI
# has time for.
EXTRA_DIST += \
	tests/platform/dax-guest.sh \
	tests/platform/dax.sh \
	tests/platform/nodes-guest.sh \
	tests/platform/nodes.sh \
	tests/platform/programs-guest.sh \
	tests/platform/programs.sh \
	tests/platform/proof-guest.sh \
	tests/platform/proof.sh \
	tests/platform/quota-guest.sh \
	tests/platform/quota.sh \
	tests/vm/init.sh \
	tests/vm/machine.sh \
	tests/vm/vm.sh
check-dax:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/platform/dax.sh
# Two nodes of memory, likewise: NODES_LENGTH=short leaves out a second kernel,
# and all but one mixture of places under programs.
check_PROGRAMS += \
	tests/platform/dax \
	tests/platform/nodes \
	tests/platform/places \
	tests/platform/proof
check-nodes:
	$(MAKE) $(AM_MAKEFLAGS) check \
		TESTS='tests/platform/nodes.sh tests/platform/programs.sh \
			tests/platform/proof.sh'
# Both in a short form: every backend and fork mode, and redis.
check-vm:
	$(MAKE) $(AM_MAKEFLAGS) check DAX_LENGTH=short \
		TESTS='tests/platform/dax.sh tests/platform/proof.sh'
.PHONY: check-dax check-nodes check-vm
