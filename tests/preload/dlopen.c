/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A library that is loaded later allocates from the pool, in its constructor
 * too, even if it is loaded so that it would find libc's malloc first.
 */
#include "platform.h"
#include "test.h"

#define BLOCKS 1000
#define ROUNDS 20

int
main(void)
{
	char path[4096];
	void *left[ROUNDS];
	/* without dlclose the constructor runs only once */
	unsigned int rounds = TEST_HAS_DLCLOSE ? ROUNDS : 1;

	CHECK(vmmalloc_host_get != NULL);
	snprintf(path, sizeof(path), "%s/module.so", getenv("TEST_MODULE_DIR"));
	for (unsigned int round = 0; round < rounds; round++) {
		int deep = round % 2 == 0 ? RTLD_DEEPBIND : 0;
		void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | deep);
		void **blocks;

		if (handle == NULL)
			fprintf(stderr, "%s\n", dlerror());
		CHECK(handle != NULL);
		blocks = dlsym(handle, "module_blocks");
		CHECK(blocks != NULL);
		for (unsigned int i = 0; i < BLOCKS; i++) {
			CHECK(test_is_in_pool(blocks[i]));
			CHECK(test_is_filled(blocks[i], 1 + i, i));
			if (i % 3 == 0) {
				free(blocks[i]);
				blocks[i] = NULL;
			}
		}
		/* one block outlives the library */
		left[round] = blocks[100];
		blocks[100] = NULL;
		CHECK(dlclose(handle) == 0);
	}
	for (unsigned int round = 0; round < rounds; round++) {
		CHECK(test_is_filled(left[round], 101, 100));
		free(left[round]);
	}
	return 0;
}
