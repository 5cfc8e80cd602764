/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decides which messages of libtcmalloc are written to stderr. No allocation
 * here, except in init.
 */
#include "config.h"

#include "backends/tcmalloc/internal.h"

#include "backends/library.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * libtcmalloc reports blocks of at least this many bytes; some builds have a
 * default of 1 GiB. Under the name that its DEFINE_int64 gives it.
 */
namespace FLAG__namespace_do_not_use_directly_use_DECLARE_int64_instead
{
extern int64_t FLAGS_tcmalloc_large_alloc_report_threshold
	__attribute__((weak));
}

/*
 * The function that libtcmalloc calls for its messages, replaced by the one
 * below; declared in no header that is installed, and the same from 2.7 to
 * 2.18.1. Only the size of LogItem matters here.
 */
namespace tcmalloc
{
enum LogMode { kLog }; /* any other value ends the process */

struct LogItem {
	int tag;
	union {
		const void *pointer;
		uint64_t number;
	} value;
};

__attribute__((visibility("default"))) void Log(LogMode mode, const char *file,
	int line, LogItem a, LogItem b, LogItem c, LogItem d);
} // namespace tcmalloc

namespace
{
const char log_name[] =
	"_ZN8tcmalloc3LogENS_7LogModeEPKciNS_7LogItemES3_S3_S3_";

decltype(&tcmalloc::Log) library_log;

/* The library's own function, which the one below hides. */
void
find_log()
{
	void *version = vmm_library_find("tc_version");
	Dl_info library;
	void *handle = NULL;
	void *found = NULL;

	if (version != NULL && dladdr(version, &library) != 0)
		handle = dlopen(library.dli_fname, RTLD_NOW | RTLD_NOLOAD);
	if (handle != NULL)
		found = dlsym(handle, log_name);
	/* function pointers of all types have one representation */
	memcpy(&library_log, &found, sizeof(found));
}

bool
ends_with(const char *text, const char *end)
{
	size_t size = strlen(text);
	size_t end_size = strlen(end);

	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}
} // namespace

void
tcmalloc::Log(LogMode mode, const char *file, int line, LogItem a, LogItem b,
	LogItem c, LogItem d)
{
	/* it has one message: that an allocation failed */
	if (mode == kLog && ends_with(file, "central_freelist.cc"))
		return;
	if (library_log != NULL) {
		library_log(mode, file, line, a, b, c, d);
	} else if (mode != kLog) {
		(void)!write(STDERR_FILENO, file, strlen(file));
		abort();
	}
}

void
vmm_tcmalloc_drop_messages(void)
{
	using namespace FLAG__namespace_do_not_use_directly_use_DECLARE_int64_instead;

	if (&FLAGS_tcmalloc_large_alloc_report_threshold != NULL &&
		secure_getenv("TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD") == NULL)
		FLAGS_tcmalloc_large_alloc_report_threshold = INT64_MAX;
	find_log();
}
