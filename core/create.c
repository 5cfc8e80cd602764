/* SPDX-License-Identifier: BSD-3-Clause */
/* Creating the pool; see create.h. */
#include "config.h"

#include "core/create.h"

#include "core/bootstrap.h"
#include "core/commit.h"
#include "core/defer.h"
#include "core/env.h"
#include "core/fork.h"
#include "core/host.h"
#include "base/log.h"
#include "base/checked.h"
#include "base/hot.h"
#include "base/place.h"
#include "base/places.h"
#include "core/parts.h"
#include "core/policy.h"
#include "core/pool.h"
#include "core/room.h"
#include "os/thread.h"
#include "libvmmalloc.h"
#include "os/memory.h"
#include "os/process.h"

#include <errno.h>
#include <string.h>

/*
 * Address space for what is allocated before the backend is live, as a part of
 * the pool; the rest is for the backend. cmake, the largest user seen, takes
 * 216 KiB, so an eighth of the smallest pool is ample.
 */
#define BOOTSTRAP_SHIFT 3

/* The parts, and the text that names their places, in pieces. */
static struct vmm_pool first_pool VMM_HOT_DATA;
static struct vmm_pool more_pools[VMM_PARTS_MAX - 1];
static struct vmm_places places VMM_HOT_DATA;
static char texts[PATH_MAX];

/* The limit of the process, and what counts against it. */
static struct vmm_budget budget VMM_HOT_DATA;

static struct vmm_pool *
pool_at(unsigned int i)
{
	return i == 0 ? &first_pool : &more_pools[i - 1];
}

/* The variable that names the places. */
static const char *
origin(const struct vmm_config *config)
{
	return config->tiers[0] != '\0' ? VMMALLOC_TIERS_VAR
					: VMMALLOC_POOL_DIR_VAR;
}

/* The same for the size. */
static const char *
size_origin(const struct vmm_config *config)
{
	return vmm_places_is_list(config->pool_dir) ? origin(config)
						    : VMMALLOC_POOL_SIZE_VAR;
}

/* Prints the original's text, and then what to change. */
_Noreturn static void
refuse_pool(const struct vmm_config *config,
	const struct vmm_sized_place *place, const char *why)
{
	size_t limit = vmm_os_address_limit();

	if (why == NULL && (errno == ENODEV || errno == EINVAL))
		vmm_fatal(
			"vmem pool creation failed: %s (%s %.300s: files there "
			"cannot be mapped for writing)",
			vmm_os_strerror(errno), origin(config), place->text);
	if (why == NULL)
		why = vmm_os_strerror(errno);
	if (errno == ENOMEM && limit != SIZE_MAX)
		vmm_fatal(
			"vmem pool creation failed: %s (%s %zu bytes, but the "
			"limit on address space, ulimit -v, is %zu bytes)",
			why, size_origin(config), config->pool_size, limit);
	if (errno == EFBIG || errno == ENOMEM)
		vmm_fatal("vmem pool creation failed: %s (%s %zu bytes)", why,
			size_origin(config), place->size);
	vmm_fatal("vmem pool creation failed: %s (%s %.300s)", why,
		origin(config), place->text);
}

static void
set_limit(const struct vmm_config *config)
{
	budget.is_group = config->limit == VMM_LIMIT_GROUP;
	budget.max = SIZE_MAX;
	if (budget.is_group || config->must_prealloc)
		budget.other = vmm_os_private_resident();
	if (config->limit != VMM_LIMIT_NONE && !budget.is_group)
		budget.max = config->limit / vmm_os_page_size();
	if (config->must_prealloc && config->limit != VMM_LIMIT_NONE &&
		config->limit < config->pool_size)
		vmm_fatal("vmem pool creation failed: %s is less than all of "
			  "it (%s=1, %s %zu bytes)",
			VMMALLOC_LIMIT_VAR, VMMALLOC_PREALLOC_VAR,
			size_origin(config), config->pool_size);
}

/*
 * Refuses a pool in memory if all of it is to be backed now and there is too
 * little: the kernel would end processes to make room.
 */
static void
check_memory(const struct vmm_config *config, const struct vmm_pool *pool)
{
	uint64_t available;

	if (!config->must_prealloc ||
		vmm_os_policy_room(&pool->policy, &available) != 0 ||
		available >= pool->size)
		return;
	vmm_fatal("vmem pool creation failed: %s (%s %zu bytes, free in %.300s "
		  "%llu bytes)",
		vmm_os_strerror(ENOMEM), size_origin(config), pool->size,
		pool->place, (unsigned long long)available);
}

/*
 * Refuses a pool that can never be filled, as the original did. What is free at
 * this moment does not matter, unless all of it is needed now: a program with a
 * well-filled pool starts others, which need little.
 */
static void
check_space(const struct vmm_config *config, struct vmm_pool *pool)
{
	uint64_t total, available;

	if (pool->is_lazy) {
		check_memory(config, pool);
		return;
	}
	if (pool->is_device || vmm_stripes_space(pool, &total, &available) != 0)
		return;
	pool->room = available;
	if (total >= pool->size &&
		(!config->must_prealloc || available >= pool->size))
		return;
	vmm_fatal("vmem pool creation failed: %s (%s %zu bytes, %s %.300s %llu "
		  "bytes)",
		vmm_os_strerror(ENOSPC), size_origin(config), pool->size,
		config->must_prealloc ? "free in" : "in all of", pool->place,
		(unsigned long long)(config->must_prealloc ? available
							   : total));
}

/* Commits all of the pool, for the life of the process. */
static void
prealloc(const struct vmm_config *config, struct vmm_pool *pool)
{
	pool->is_lazy = false;
	if (vmm_pool_commit_all(pool) != 0)
		vmm_fatal("vmem pool creation failed: no room for all of it "
			  "(%s=1, %s %zu bytes)",
			VMMALLOC_PREALLOC_VAR, size_origin(config), pool->size);
	pool->is_preallocated = true;
}

static int
open_pool(struct vmm_pool *pool, const struct vmm_sized_place *place,
	const struct vmm_space *space, const char **why)
{
	char tmp_name[PATH_MAX];
	struct vmm_os_policy policy;
	struct vmm_place parsed;
	int r;

	vmm_place_parse(&parsed, place->text);
	if (parsed.kind != VMM_PLACE_PATH) {
		policy = vmm_os_policy_of(&parsed);
		return vmm_pool_create_in_memory(
			pool, &policy, place->size, space, why);
	}
	r = vmm_pool_create(pool, place->text, place->size, space, tmp_name,
		sizeof(tmp_name), why);
	if (r == 0 && tmp_name[0] != '\0')
		VMM_LOG(3, "unlinked file is \"%s\"", tmp_name);
	return r;
}

/* Of a pool in a file; a place in memory has its own. */
static void
set_policy(const struct vmm_config *config, struct vmm_pool *pool)
{
	struct vmm_os_policy policy;
	struct vmm_place place;
	const char *why;

	if (pool->is_lazy || config->policy[0] == '\0')
		return;
	vmm_place_parse(&place, config->policy);
	policy = vmm_os_policy_of(&place);
	if (vmm_policy_set(pool, &policy, &why) != 0)
		vmm_fatal("vmem pool creation failed: %s (%s %.300s)",
			why != NULL ? why : vmm_os_strerror(errno),
			VMMALLOC_POOL_POLICY_VAR, config->policy);
}

/* Applies the settings to a pool that was opened. */
static void
set_up(const struct vmm_config *config, struct vmm_pool *pool,
	const char *place)
{
	pool->place = place;
	pool->budget = &budget;
	set_policy(config, pool);
	if (pool->policy.is_strict && budget.other == 0)
		budget.other = vmm_os_private_resident();
	check_space(config, pool);
	if (config->huge_pages == VMM_HUGE_PAGES_NEVER) {
		pool->wants_huge = false;
		pool->may_use_huge_pages = false;
	}
	pool->huge.is_timed = config->huge_pages == VMM_HUGE_PAGES_IF_FAST;
	if (config->must_prealloc)
		prealloc(config, pool);
	else if (config->commits_on_touch)
		vmm_defer_allow(pool);
}

static void
make_part(const struct vmm_config *config, struct vmm_pool *pool,
	const struct vmm_sized_place *place, const struct vmm_space *space)
{
	const char *why;

	if (open_pool(pool, place, space, &why) != 0)
		refuse_pool(config, place, why);
	set_up(config, pool, place->text);
}

/* Places from this size on have large stripes, so that mappings are few. */
#define LARGE_PLACE_GIB 16
#define SMALL_STRIPE ((size_t)2 << 20)
#define LARGE_STRIPE ((size_t)1 << 30)

/* One pool in all places, which must be directories of one size. */
static void
make_stripes(const struct vmm_config *config)
{
	const char *why = NULL;
	size_t stripe = config->placement.size;
	struct vmm_sized_place all = {
		.text = config->pool_dir,
		.size = config->pool_size,
	};

	if (stripe == 0)
		stripe = places.place[0].size >> 30 < LARGE_PLACE_GIB
			? SMALL_STRIPE
			: LARGE_STRIPE;
	for (unsigned int i = 0; i < places.n; i++) {
		const struct vmm_sized_place *place = &places.place[i];
		struct vmm_place parsed;

		vmm_place_parse(&parsed, place->text);
		if (parsed.kind != VMM_PLACE_PATH)
			why = "only directories can have stripes; for memory "
			      "there is interleave:";
		if (place->size != places.place[0].size)
			why = "for stripes all places need the same size";
	}
	if (why != NULL ||
		vmm_pool_create_striped(&first_pool, &places, stripe, &why) !=
			0)
		refuse_pool(config, &all, why);
	set_up(config, &first_pool, config->pool_dir);
}

/* Fills in places from the settings. */
static void
find_places(const struct vmm_config *config)
{
	if (vmm_places_is_list(config->pool_dir)) {
		memcpy(texts, config->pool_dir, strlen(config->pool_dir) + 1);
		vmm_places_split(&places, texts); /* env.c has checked it */
		return;
	}
	places.n = 1;
	places.place[0] = (struct vmm_sized_place){
		.text = config->pool_dir,
		.size = config->pool_size,
	};
}

/* Makes a part for each place, in address space that is reserved at once. */
static void
make_parts(const struct vmm_config *config)
{
	size_t end = 0, offset = 0;
	char *base;

	for (unsigned int i = 0; i < places.n; i++)
		vmm_places_take(places.place[i].size, &end);
	base = vmm_os_reserve(end, vmm_pool_alignment(end));
	if (base == NULL)
		refuse_pool(config, &places.place[0], NULL);
	for (unsigned int i = 0; i < places.n; i++) {
		const struct vmm_sized_place *place = &places.place[i];
		struct vmm_space space = {
			.base = base + vmm_places_take(place->size, &offset),
			.size = vmm_align_up(
				place->size, vmm_pool_alignment(0)),
		};

		make_part(config, pool_at(i), place, &space);
	}
}

void
vmm_create_pool(struct vmm_config *config, struct vmm_parts *parts,
	const struct vmmalloc_backend *backend, struct vmmalloc_host *host)
{
	size_t end;

	vmm_log_init();
	vmm_env_read(config);
	VMM_LOG(3, "dir \"%s\" size %zu", config->pool_dir, config->pool_size);
	find_places(config);
	set_limit(config);
	if (places.n == 1) {
		make_part(config, &first_pool, &places.place[0], NULL);
	} else if (config->placement.kind == VMM_PLACEMENT_STRIPE) {
		make_stripes(config);
		places.n = 1;
	} else {
		make_parts(config);
	}
	parts->placement = config->placement;
	for (unsigned int i = 0; i < places.n; i++)
		vmm_parts_add(parts, pool_at(i));
	config->pool_size = parts->capacity; /* whole pages, for the report */
	vmm_host_init(parts, host);
	end = first_pool.pages >> BOOTSTRAP_SHIFT;
	vmm_bootstrap_init(parts->base,
		parts->base + end * first_pool.page_size,
		vmm_host_commit_bootstrap);
	/*
	 * These two are called here, not in our constructor, because libraries
	 * that the program links have their constructors before ours. Their
	 * prepare handlers for fork must run before ours acquires the locks,
	 * and only the first 32 thread keys are set without an allocation. musl
	 * allocates its entry for the handlers.
	 */
	vmm_thread_make_key();
	if (vmm_fork_init(parts, config, backend) != 0)
		vmm_fatal("cannot register fork handlers");
}
