/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A library that registers fork handlers in its constructor, before anything in
 * the process has allocated: it is initialised before preloaded libraries. Its
 * handlers allocate. For the program fork-early.
 */
#include "early.h"
#include "fork.h"

#include <pthread.h>

unsigned int early_prepared, early_in_parent, early_in_child;

static struct heap heap;

static void
prepare(void)
{
	early_prepared++;
	heap_fill(&heap, early_prepared);
}

static void
parent(void)
{
	early_in_parent++;
	heap_use(&heap, 20);
}

static void
child(void)
{
	early_in_child++;
	heap_use(&heap, 30);
}

__attribute__((constructor)) static void
early(void)
{
	CHECK(pthread_atfork(prepare, parent, child) == 0);
}
