/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The random history of tests/stress/random.h on a heap that is linked in; the
 * pool is in the current directory, or in $MODEL_POOL_DIR.
 */
#include "config.h"

#include "tests/stress/inprocess.h"
#include "tests/stress/random.h"

#include <stdlib.h>

#define POOL_SIZE ((size_t)320 << 20)

int
main(void)
{
	const char *dir = getenv("MODEL_POOL_DIR");
	struct model_heap heap;

	inprocess_init(&heap, dir != NULL ? dir : ".", POOL_SIZE);
	random_run(&heap, inprocess_check_empty);
	return 0;
}
