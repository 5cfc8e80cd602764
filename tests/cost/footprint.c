/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The overhead of the native heap: footprint SIZE fills 64 MiB with blocks of
 * this many bytes and prints the ordinary memory that this took, per mille of
 * the blocks; footprint fill SIZE fills the pool and prints the share of blocks
 * in it, per mille; footprint classes allocates one block of each size class up
 * to 32 KiB and prints the KiB that were committed.
 */
#include "tests/preload/platform.h"
#include "tests/preload/test.h"

#define HEAP (64 * MIB)

/* Private memory of this process, in bytes: it holds the metadata. */
static size_t
private_bytes(void)
{
	char text[4096];
	char *field;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	CHECK(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	CHECK(n > 0);
	text[n] = '\0';
	field = strstr(text, "RssAnon:");
	CHECK(field != NULL);
	return strtoul(field + 8, NULL, 10) * 1024;
}

static size_t
records_per_mille(size_t size)
{
	size_t before = private_bytes();

	for (size_t n = 0; n < HEAP / size; n++) {
		char *p = malloc(size);

		CHECK(p != NULL && test_is_in_pool(p));
		p[0] = 1;
	}
	return (private_bytes() - before) * 1000 / HEAP;
}

static size_t
usable_per_mille(size_t size)
{
	size_t n = 0;
	char *p;

	while ((p = malloc(size)) != NULL) {
		memset(p, 1, size);
		n++;
	}
	return n * size * 1000 / vmmalloc_host_get()->pool_size;
}

/* Size classes: multiples of 16 up to 128 bytes, then eight per doubling. */
static size_t
kib_of_classes(void)
{
	size_t before = test_committed();
	size_t step = 16;

	for (size_t size = 16; size <= MIB / 32; size += step) {
		char *p = malloc(size);

		CHECK(p != NULL);
		memset(p, 1, size);
		if (size >= 128 && (size & (size - 1)) == 0)
			step = size / 8;
	}
	return (test_committed() - before) / 1024;
}

int
main(int argc, char **argv)
{
	CHECK(argc >= 2);
	if (strcmp(argv[1], "fill") == 0)
		printf("%zu\n", usable_per_mille(strtoul(argv[2], NULL, 10)));
	else if (strcmp(argv[1], "classes") == 0)
		printf("%zu\n", kib_of_classes());
	else
		printf("%zu\n", records_per_mille(strtoul(argv[1], NULL, 10)));
	return 0;
}
