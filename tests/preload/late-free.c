/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads whose only call into the heap is a free in a destructor of
 * thread-specific data leave nothing behind when they end.
 */
#include "platform.h"
#include "test.h"

#include <pthread.h>

#define THREADS 2000
#define WARM_UP 200
#define GROWTH_MAX (2 * MIB) /* 2,000 threads times 8 KiB are 16 MiB */

static pthread_key_t key;

static void *
keep(void *block)
{
	CHECK(pthread_setspecific(key, block) == 0);
	return NULL;
}

static void
run_threads(int n)
{
	for (int i = 0; i < n; i++) {
		void *block = malloc(100);
		pthread_t thread;

		CHECK(block != NULL);
		CHECK(pthread_create(&thread, NULL, keep, block) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
	}
}

/* Memory of the process outside of files, in bytes. */
static size_t
anonymous(void)
{
	static char text[4096];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *line;

	CHECK(fd >= 0 && n > 0);
	close(fd);
	line = strstr(text, "\nRssAnon:");
	if (line == NULL)
		test_skip("no RssAnon in /proc/self/status");
	return strtoul(line + strlen("\nRssAnon:"), NULL, 10) << 10;
}

int
main(void)
{
	size_t anonymous_before, committed_before;

	CHECK(vmmalloc_host_get != NULL);
	CHECK(pthread_key_create(&key, free) == 0);
	run_threads(WARM_UP);
	anonymous_before = anonymous();
	committed_before = test_committed();
	run_threads(THREADS);
	CHECK(anonymous() <= anonymous_before + GROWTH_MAX);
	CHECK(test_committed() <= committed_before + GROWTH_MAX);
	return 0;
}
