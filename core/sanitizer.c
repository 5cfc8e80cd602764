/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each runtime exports the function that instrumented code calls first. The
 * dynamic linker finds it, or not, before any code of ours runs.
 */
#include "config.h"

#include "core/sanitizer.h"

#include <stddef.h>

extern char __asan_init[] __attribute__((weak));
extern char __hwasan_init[] __attribute__((weak));
extern char __msan_init[] __attribute__((weak));
extern char __tsan_init[] __attribute__((weak));

const char *
vmm_sanitizer(void)
{
	if (__asan_init != NULL)
		return "AddressSanitizer";
	if (__hwasan_init != NULL)
		return "HWAddressSanitizer";
	if (__msan_init != NULL)
		return "MemorySanitizer";
	if (__tsan_init != NULL)
		return "ThreadSanitizer";
	return NULL;
}
