/* SPDX-License-Identifier: BSD-3-Clause */
/* Fork handlers of the backend's library; see atfork.h. No allocation here. */
#include "config.h"

#include "os/atfork.h"

#include "os/process.h"
#include "os/seal.h"
#include "os/sealed.h"

static _Thread_local bool is_for_backend
	__attribute__((tls_model("initial-exec")));

void
vmm_atfork_set_backend(bool is_backend)
{
	is_for_backend = is_backend;
}

int
vmm_atfork_register(void (*prepare)(void), void (*parent)(void),
	void (*child)(void), void *dso_handle)
{
	if (!is_for_backend || vmm_os_sealed.n_atfork == VMM_OS_ATFORK_MAX)
		return vmm_os_atfork(prepare, parent, child, dso_handle);
	vmm_os_unseal();
	vmm_os_sealed.atfork[vmm_os_sealed.n_atfork++] =
		(struct vmm_os_atfork_handlers){ prepare, parent, child };
	return 0;
}

void
vmm_atfork_prepare(void)
{
	for (size_t i = vmm_os_sealed.n_atfork; i > 0; i--)
		if (vmm_os_sealed.atfork[i - 1].prepare != NULL)
			vmm_os_sealed.atfork[i - 1].prepare();
}

void
vmm_atfork_parent(void)
{
	for (size_t i = 0; i < vmm_os_sealed.n_atfork; i++)
		if (vmm_os_sealed.atfork[i].parent != NULL)
			vmm_os_sealed.atfork[i].parent();
}

void
vmm_atfork_child(void)
{
	for (size_t i = 0; i < vmm_os_sealed.n_atfork; i++)
		if (vmm_os_sealed.atfork[i].child != NULL)
			vmm_os_sealed.atfork[i].child();
}
