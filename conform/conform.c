/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of checks, and how one ends; see conform.h. */
#include "conform/conform.h"

#include <stdarg.h>
#include <stdio.h>

/* NULL in a process without libvmmalloc. */
#pragma weak vmmalloc_host_get

const struct vmm_check vmm_checks[] = {
	{ "zero-size", vmm_check_zero_size, NULL },
	{ "too-large", vmm_check_too_large, NULL },
	{ "overflow", vmm_check_overflow, NULL },
	{ "errno", vmm_check_errno, NULL },
	{ "alignment", vmm_check_alignment, NULL },
	{ "memalign", vmm_check_memalign, NULL },
	{ "usable-size", vmm_check_usable_size, NULL },
	{ "contents", vmm_check_contents, NULL },
	{ "zeroed", vmm_check_zeroed, NULL },
	{ "realloc", vmm_check_realloc, NULL },
	{ "in-pool", vmm_check_in_pool, NULL },
	{ "threads", vmm_check_threads, NULL },
	{ "thread-exit", vmm_check_thread_exit, NULL },
	{ "fork-mode1", vmm_check_fork, "1" },
	{ "fork-mode2", vmm_check_fork, "2" },
	{ "fork-mode3", vmm_check_fork, "3" },
	{ "fork-threads-mode1", vmm_check_fork_threads, "1" },
	{ "fork-threads-mode2", vmm_check_fork_threads, "2" },
	{ "exhaustion", vmm_check_exhaustion, NULL },
	/* properties that are not required */
	{ "recovery", vmm_check_recovery, NULL },
	{ "reuse", vmm_check_reuse, NULL },
	{ "thread-reuse", vmm_check_thread_reuse, NULL },
	{ "give-back", vmm_check_give_back, NULL },
	{ "statistics", vmm_check_statistics, NULL },
};
const size_t vmm_checks_count = sizeof(vmm_checks) / sizeof(vmm_checks[0]);

int
vmm_conform_run(const char *name)
{
	for (size_t i = 0; i < vmm_checks_count; i++) {
		if (strcmp(vmm_checks[i].name, name) == 0) {
			vmm_conform_host();
			vmm_checks[i].run();
			return VMM_CONFORM_OK;
		}
	}
	return VMM_CONFORM_UNKNOWN;
}

/* One write, without stdio: the heap may be in any state. */
__attribute__((noreturn, format(printf, 2, 0))) static void
end(int status, const char *fmt, va_list ap)
{
	char text[512];
	int n = vsnprintf(text, sizeof(text) - 1, fmt, ap);

	if (n > (int)sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	text[n] = '\n';
	(void)!write(STDERR_FILENO, text, (size_t)n + 1);
	_exit(status);
}

void
vmm_conform_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(VMM_CONFORM_FAILED, fmt, ap);
}

void
vmm_conform_lack(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(VMM_CONFORM_LACKS, fmt, ap);
}

const struct vmmalloc_host *
vmm_conform_host(void)
{
	REQUIRE(vmmalloc_host_get != NULL && vmmalloc_host_get() != NULL,
		"libvmmalloc is not preloaded");
	return vmmalloc_host_get();
}

void
vmm_conform_check_place(const void *block, size_t size)
{
	const struct vmmalloc_host *host = vmm_conform_host();
	size_t offset = (uintptr_t)block - (uintptr_t)host->pool_base;

	REQUIRE(offset < host->pool_size && size <= host->pool_size - offset,
		"%p (%zu bytes) is not in the pool (%p, %zu bytes)", block,
		size, host->pool_base, host->pool_size);
}

void *
vmm_conform_malloc(size_t size)
{
	void *block = malloc(size);

	REQUIRE(block != NULL, "malloc(%zu) fails in a pool with room: %s",
		size, strerror(errno));
	vmm_conform_check_place(block, size);
	return block;
}
