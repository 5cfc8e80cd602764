/* SPDX-License-Identifier: BSD-3-Clause */
/* Fork handlers; see fork.h. No allocation here. */
#include "config.h"

#include "core/fork.h"

#include "core/host.h"
#include "core/log.h"
#include "core/os.h"
#include "core/pool.h"

#include <errno.h>
#include <pthread.h>

static struct vmm_pool *pool;
static enum vmm_fork_mode mode;
static const struct vmmalloc_backend *backend;
static unsigned long count;

static void
prepare(void)
{
	if (backend->fork_prepare != NULL)
		backend->fork_prepare();
	vmm_host_lock();
	count++;
	if (mode == VMM_FORK_PRIVATE && vmm_pool_make_private(pool) != 0)
		vmm_fatal("remapping the pool as private failed: %s",
			vmm_os_strerror(errno));
}

static void
parent(void)
{
	vmm_host_unlock();
	if (backend->fork_parent != NULL)
		backend->fork_parent();
}

static void
child(void)
{
	count = 0;
	vmm_host_unlock();
	if (backend->fork_child != NULL)
		backend->fork_child();
}

int
vmm_fork_init(struct vmm_pool *the_pool, enum vmm_fork_mode the_mode,
	const struct vmmalloc_backend *the_backend)
{
	pool = the_pool;
	mode = the_mode;
	backend = the_backend;
	if (mode == VMM_FORK_COPY || mode == VMM_FORK_COPY_OR_PRIVATE)
		vmm_fatal("VMMALLOC_FORK value %d is not supported by this "
			  "version, which knows 0 and 1",
			(int)mode);
	return pthread_atfork(prepare, parent, child);
}

unsigned long
vmm_fork_count(void)
{
	return count;
}
