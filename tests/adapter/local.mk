# SPDX-License-Identifier: BSD-3-Clause
# Tests of the adapters, on the backends that were built.
ADAPTER_TESTS = \
	tests/adapter/arenas.sh \
	tests/adapter/ctl.sh \
	tests/adapter/decay.sh \
	tests/adapter/exhaust.sh \
	tests/adapter/full.sh \
	tests/adapter/grow.sh \
	tests/adapter/pool.sh \
	tests/adapter/threads.sh
WIDE_ADAPTER_TESTS = \
	tests/adapter/conf.sh \
	tests/adapter/fork.sh \
	tests/adapter/large.sh \
	tests/adapter/linked.sh \
	tests/adapter/old.sh \
	tests/adapter/tls.sh \
	tests/adapter/variants.sh
TESTS += $(ADAPTER_TESTS)
WIDE_TESTS += $(WIDE_ADAPTER_TESTS)
EXTRA_DIST += \
	$(ADAPTER_TESTS) \
	$(WIDE_ADAPTER_TESTS) \
	tests/adapter/common.sh \
	tests/adapter/linked.c \
	tests/adapter/stand-in/jemalloc/jemalloc.h \
	tests/adapter/stand-in/old_jemalloc.c

check_PROGRAMS += \
	tests/adapter/arenas \
	tests/adapter/ctl \
	tests/adapter/decay \
	tests/adapter/exhaust \
	tests/adapter/fork \
	tests/adapter/full \
	tests/adapter/grow \
	tests/adapter/large \
	tests/adapter/metadata \
	tests/adapter/outside \
	tests/adapter/pool

# The same programs, linked with an allocator of their own like redis-server.
if WITH_JEMALLOC
check_PROGRAMS += \
	tests/adapter/fork-linked \
	tests/adapter/pool-linked
tests_adapter_fork_linked_SOURCES = tests/adapter/fork.c
tests_adapter_fork_linked_LDADD = $(JEMALLOC_LIBS)
tests_adapter_pool_linked_SOURCES = tests/adapter/pool.c
tests_adapter_pool_linked_LDADD = $(JEMALLOC_LIBS)
endif

# The long version: MINUTES per backend.
MINUTES = 60
check-full: tests/adapter/full
	@$(AM_TESTS_ENVIRONMENT) srcdir='$(srcdir)' \
		FULL_SECONDS=`expr $(MINUTES) \* 60` \
		$(SHELL) $(srcdir)/tests/adapter/full.sh
.PHONY: check-full
