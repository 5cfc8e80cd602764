/* SPDX-License-Identifier: BSD-3-Clause */
/* A small block is freed by a thread that ends, and again by another. */
#include "misuse.h"

#include <pthread.h>

static void *
free_it(void *p)
{
	free(p);
	return NULL;
}

int
main(void)
{
	char *p = misuse_block(40);
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, free_it, p) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	free(misuse_hide(p));
	return misuse_end();
}
