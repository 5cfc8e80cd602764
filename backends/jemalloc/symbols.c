/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds jemalloc's functions. Its header says under which names this build
 * exports them: je_NAME is a macro for the name, with its prefix if it has one.
 */
#include "config.h"

#include "backends/jemalloc/internal.h"

#include "backends/library.h"

#include <string.h>
#include <unistd.h>

#define STRING(name) #name
#define NAME_OF(name) STRING(name)

struct vmm_jemalloc vmm_jemalloc;

/* A reference to jemalloc, for linkers that drop unreferenced libraries. */
__attribute__((used)) static int (*const needed)(const char *name, void *oldp,
	size_t *oldlenp, void *newp, size_t newlen) = je_mallctl;

/*
 * The function that the program has set, if it links jemalloc itself; or NULL.
 */
static void (*next_message_function)(void *arg, const char *text);

static void
write_message(void *arg, const char *text)
{
	/* 5.3.1 and later: the thread then works without a cache */
	if (strstr(text, "Failed to allocate tcache data") != NULL)
		return;
	if (next_message_function != NULL)
		next_message_function(arg, text);
	else
		(void)!write(STDERR_FILENO, text, strlen(text));
}

void
vmm_jemalloc_drop_messages(void)
{
	void (**function)(void *arg, const char *text) =
		vmm_library_find(NAME_OF(je_malloc_message));

	if (function == NULL)
		return;
	next_message_function = *function;
	*function = write_message;
}

const char *
vmm_jemalloc_find(struct vmmalloc_backend *self)
{
	const struct {
		const char *name;
		void *slot;
	} functions[] = {
		{ NAME_OF(je_mallctl), &vmm_jemalloc.mallctl },
		{ NAME_OF(je_mallocx), &vmm_jemalloc.mallocx },
		{ NAME_OF(je_dallocx), &vmm_jemalloc.dallocx },
		{ NAME_OF(je_malloc), &self->malloc },
		{ NAME_OF(je_free), &self->free },
		{ NAME_OF(je_calloc), &self->calloc },
		{ NAME_OF(je_realloc), &vmm_jemalloc.realloc },
		{ NAME_OF(je_aligned_alloc), &self->memalign },
		{ NAME_OF(je_malloc_usable_size), &self->usable_size },
	};

	*(void **)(void *)&vmm_jemalloc.nallocx =
		vmm_library_find(NAME_OF(je_nallocx));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *found = vmm_library_find(functions[i].name);

		if (found == NULL)
			return functions[i].name;
		/* function pointers of all types have one representation */
		memcpy(functions[i].slot, &found, sizeof(found));
	}
	return NULL;
}
