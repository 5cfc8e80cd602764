/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program closes every descriptor, as daemons do, and opens files of its own
 * under the same numbers: the heap continues to work and the files stay intact.
 */
#include "platform.h"
#include "test.h"

#include <fcntl.h>

#define BLOCKS 500
#define FILE_BYTES ((off_t)(8 * MIB))

static void *blocks[BLOCKS];

static void
churn(void)
{
	unsigned int rounds = test_long_rounds(4);

	for (unsigned int i = 0; i < BLOCKS; i++) {
		size_t size = 1 + i * 37;

		if (blocks[i] != NULL)
			CHECK(test_is_filled(blocks[i], size, i));
		free(blocks[i]);
		blocks[i] = malloc(size);
		CHECK(blocks[i] != NULL && test_is_in_pool(blocks[i]));
		test_fill(blocks[i], size, i);
	}
	/* enough for the core to commit and purge */
	for (unsigned int i = 0; i < rounds; i++) {
		void *large = malloc(60 * MIB);

		CHECK(large != NULL);
		test_fill(large, 60 * MIB, 5);
		CHECK(test_is_filled(large, 60 * MIB, 5));
		free(large);
		malloc_trim(0);
	}
}

static void
check_file(int fd)
{
	static unsigned char buffer[1 << 20];
	ssize_t n;
	off_t total = 0;

	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		CHECK(test_is_filled(buffer, (size_t)n, 200));
		total += n;
	}
	CHECK(total == FILE_BYTES);
}

static int
create_file(void)
{
	static unsigned char buffer[1 << 20];
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/file", getenv("TEST_WORK_DIR"));
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0);
	test_fill(buffer, sizeof(buffer), 200);
	for (off_t at = 0; at < FILE_BYTES; at += (off_t)sizeof(buffer))
		CHECK(write(fd, buffer, sizeof(buffer)) ==
			(ssize_t)sizeof(buffer));
	return fd;
}

int
main(void)
{
	int fd;

	CHECK(vmmalloc_host_get != NULL);
	churn();
	CHECK(test_close_from(3) == 0);
	churn();
	fd = create_file();
	/* whatever number the pool's file had, this file has it now */
	for (int n = fd + 1; n < 1100; n++)
		CHECK(dup2(fd, n) == n || errno == EBADF);
	churn();
	check_file(fd);
	return 0;
}
