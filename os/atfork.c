/* SPDX-License-Identifier: BSD-3-Clause */
/* Fork handlers of the backend's library; see atfork.h. No allocation here. */
#include "config.h"

#include "os/atfork.h"

#include "os/process.h"

#include <stddef.h>

/* jemalloc registers one, tcmalloc two. */
#define HANDLERS_MAX 16

static struct handlers {
	void (*prepare)(void);
	void (*parent)(void);
	void (*child)(void);
} backend[HANDLERS_MAX];
static size_t used;
static _Thread_local bool is_backends
	__attribute__((tls_model("initial-exec")));

void
vmm_atfork_set_backend(bool is_backend)
{
	is_backends = is_backend;
}

int
vmm_atfork_register(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle)
{
	if (!is_backends || used == HANDLERS_MAX)
		return vmm_os_atfork(prepare, parent, child, dso_handle);
	backend[used++] = (struct handlers){ prepare, parent, child };
	return 0;
}

void
vmm_atfork_prepare(void)
{
	for (size_t i = used; i > 0; i--)
		if (backend[i - 1].prepare != NULL)
			backend[i - 1].prepare();
}

void
vmm_atfork_parent(void)
{
	for (size_t i = 0; i < used; i++)
		if (backend[i].parent != NULL)
			backend[i].parent();
}

void
vmm_atfork_child(void)
{
	for (size_t i = 0; i < used; i++)
		if (backend[i].child != NULL)
			backend[i].child();
}
