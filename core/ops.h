/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table behind the exported malloc family, and all that interpose/ knows
 * of the core. It starts out serving the bootstrap region; once the backend
 * is live it is filled in and made read-only.
 */
#ifndef VMM_OPS_H
#define VMM_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The table has its pages to itself; no machine we know has larger ones. */
#if defined(__x86_64__) || defined(__i386__)
#define VMM_OPS_ALIGN 4096
#else
#define VMM_OPS_ALIGN 65536
#endif

struct vmm_ops_table {
	void *(*malloc)(size_t size);
	void (*free)(void *ptr);
	void *(*calloc)(size_t nmemb, size_t size);
	void *(*realloc)(void *ptr, size_t size);
	void *(*memalign)(size_t alignment, size_t size);
	size_t (*usable_size)(void *ptr);
	void (*free_sized)(void *ptr, size_t size);

	/*
	 * Pointers p with p - heap_base < heap_size are the backend's. Before
	 * it is live no pointer is: heap_size is 0.
	 */
	uintptr_t heap_base;
	size_t heap_size;
};

union vmm_ops_page {
	struct vmm_ops_table ops;
	char page[VMM_OPS_ALIGN];
};

/* Hidden, so that the compiler knows: its address need not be looked up. */
extern union vmm_ops_page vmm_ops_page __attribute__((visibility("hidden")));
#define vmm_ops (vmm_ops_page.ops)

static inline bool
vmm_ops_owns(const void *ptr)
{
	return (uintptr_t)ptr - vmm_ops.heap_base < vmm_ops.heap_size;
}

/*
 * What happens to a pointer that is not the backend's: NULL, a bootstrap block
 * or a foreign one, which goes to the next malloc library, normally libc's.
 */
void vmm_foreign_free(void *ptr);
/* Not of NULL; but of any pointer to size 0: frees it and returns NULL. */
void *vmm_foreign_realloc(void *ptr, size_t size);
size_t vmm_foreign_usable_size(void *ptr);

#endif /* VMM_OPS_H */
