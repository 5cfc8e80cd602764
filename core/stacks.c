/* SPDX-License-Identifier: BSD-3-Clause */
/* The stacks of sampled calls; see stacks.h. No allocation here. */
#include "config.h"

#include "core/stacks.h"

#include "core/samples.h"
#include "os/memory.h"
#include "os/unwind.h"

#include <stdbool.h>

#define MEMORIES 64

static size_t memory_size; /* 0: there is no profile */
static struct {
	struct vmm_unwind_memory *memory;
	bool is_busy; /* in use by a thread */
} slots[MEMORIES];

static uintptr_t
get_site(const struct vmm_unwind_place *places, uint32_t n)
{
	uintptr_t stack[VMM_STACK_MAX];
	size_t depth = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (!vmm_os_unwind_is_inside(places[i].pc))
			stack[depth++] = places[i].pc;
	}
	return (uintptr_t)vmm_samples_find_site(stack, depth);
}

int
vmm_stacks_init(void)
{
	if (vmm_os_unwind_init(VMM_STACK_MAX, get_site) != 0)
		return -1;
	memory_size = vmm_unwind_memory_size(VMM_STACK_MAX);
	return 0;
}

/* The number of a memory that only the caller uses until it is released. */
static size_t
acquire(size_t number)
{
	for (size_t i = 0; i < MEMORIES; i++) {
		size_t n = (number + i) % MEMORIES;

		if (__atomic_exchange_n(
			    &slots[n].is_busy, true, __ATOMIC_ACQUIRE))
			continue;
		if (slots[n].memory == NULL)
			slots[n].memory = vmm_os_map_anon(memory_size);
		if (slots[n].memory != NULL)
			return n;
		__atomic_store_n(&slots[n].is_busy, false, __ATOMIC_RELEASE);
		break;
	}
	return MEMORIES;
}

struct vmm_site *
vmm_stacks_find_site(size_t number, const struct vmm_unwind_place *from)
{
	size_t n = acquire(number);
	struct vmm_unwind_memory *memory;
	uintptr_t site;

	if (n == MEMORIES) /* waiting could be for a lock that we hold */
		return vmm_samples_find_site(&from->pc, 1);
	memory = slots[n].memory;
	site = vmm_os_unwind(memory, from);
	/* in a child that a signal handler has forked it may be another's */
	if (memory == slots[n].memory)
		__atomic_store_n(&slots[n].is_busy, false, __ATOMIC_RELEASE);
	return (struct vmm_site *)site;
}

/* A memory that was in use may be half written. */
void
vmm_stacks_forked(void)
{
	if (memory_size == 0)
		return;
	for (size_t i = 0; i < MEMORIES; i++) {
		if (slots[i].is_busy)
			slots[i].memory = NULL;
		slots[i].is_busy = false;
	}
}
