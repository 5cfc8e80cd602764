/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: memory policies. No allocation here. */
#include "config.h"

#include "os/policy.h"

#include "base/format.h"
#include "base/linux_sys.h"
#include "os/process.h"
#include "os/read.h"

#include <errno.h>
#include <string.h>

/* linux/mempolicy.h, which is not installed everywhere */
enum {
	PREFERRED = 1,
	BIND = 2,
	INTERLEAVE = 3,
	LOCAL = 4,		 /* Linux 3.8 */
	PREFERRED_MANY = 5,	 /* Linux 5.15 */
	WEIGHTED_INTERLEAVE = 6, /* Linux 6.9 */
};

#define NODES "/sys/devices/system/node/"

static bool
has_node(const unsigned long *nodes, unsigned int node)
{
	return nodes[node / VMM_NODES_BITS] >> node % VMM_NODES_BITS & 1;
}

static unsigned int
count(const unsigned long *nodes)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < VMM_NODES_WORDS; i++)
		n += (unsigned int)__builtin_popcountl(nodes[i]);
	return n;
}

struct vmm_os_policy
vmm_os_policy_of(const struct vmm_place *place)
{
	struct vmm_os_policy policy = { .mode = 0 };

	memcpy(policy.nodes, place->nodes, sizeof(policy.nodes));
	switch (place->kind) {
	case VMM_PLACE_PATH:
	case VMM_PLACE_RAM:
		break;
	case VMM_PLACE_LOCAL:
		policy.mode = LOCAL;
		break;
	case VMM_PLACE_NODE:
		policy.mode = BIND;
		policy.is_strict = true;
		break;
	case VMM_PLACE_PREFER:
		policy.mode =
			count(policy.nodes) > 1 ? PREFERRED_MANY : PREFERRED;
		break;
	case VMM_PLACE_INTERLEAVE:
		policy.mode = INTERLEAVE;
		policy.n_turns = count(policy.nodes);
		break;
	case VMM_PLACE_WEIGHTED:
		policy.mode = WEIGHTED_INTERLEAVE;
		policy.is_weighted = true;
		break;
	}
	return policy;
}

/* The kernel ignores the last bit of those that it is told of. */
int
vmm_os_policy_apply(const struct vmm_os_policy *policy, void *addr, size_t size)
{
	if (policy->mode == 0)
		return 0;
	return vmm_sys_mbind(
		addr, size, policy->mode, policy->nodes, VMM_NODES_MAX + 1);
}

/* Cuts the text at the end of its line. */
static void
end_line(char *text)
{
	char *end = strchr(text, '\n');

	if (end != NULL)
		*end = '\0';
}

/*
 * The first node of the policy that is not in the list, a text that begins with
 * it; VMM_NODES_MAX if all are there or the list is not known.
 */
static unsigned int
find_missing(const struct vmm_os_policy *policy, const char *list)
{
	unsigned long there[VMM_NODES_WORDS];
	unsigned int node = 0;

	if (vmm_place_parse_nodes(there, list) != 0)
		return VMM_NODES_MAX;
	while (node < VMM_NODES_MAX &&
		(!has_node(policy->nodes, node) || has_node(there, node)))
		node++;
	return node;
}

/*
 * The kernel leaves out nodes that the process cannot have, as long as there is
 * one that it can. -1 if there is such a node.
 */
static int
check_nodes(const struct vmm_os_policy *policy, char *why, size_t size)
{
	static const char allowed[] = "Mems_allowed_list:\t";
	static char text[8192];
	char *list;
	unsigned int node;

	if (vmm_os_read_text(NODES "has_memory", text, sizeof(text)) > 0) {
		end_line(text);
		node = find_missing(policy, text);
		if (node < VMM_NODES_MAX) {
			vmm_format(why, size,
				"no memory node %u: it does not exist, is "
				"offline or has no memory (there is %.100s)",
				node, text);
			errno = ENODEV;
			return -1;
		}
	}
	vmm_os_read_text("/proc/self/status", text, sizeof(text));
	list = strstr(text, allowed);
	if (list == NULL)
		return 0;
	list += sizeof(allowed) - 1;
	end_line(list);
	node = find_missing(policy, list);
	if (node == VMM_NODES_MAX)
		return 0;
	vmm_format(why, size,
		"memory node %u is not in the cpuset of the process, which "
		"allows %.100s",
		node, list);
	errno = EPERM;
	return -1;
}

int
vmm_os_policy_try(const struct vmm_os_policy *policy, void *addr, size_t size,
	const char **why)
{
	static char text[256];

	*why = NULL;
	if (policy->mode == 0)
		return 0;
	if (vmm_os_policy_apply(policy, addr, size) == 0) {
		if (check_nodes(policy, text, sizeof(text)) == 0)
			return 0;
		*why = text;
	} else if (errno == ENOSYS) {
		*why = "the kernel has no memory policies (CONFIG_NUMA); use "
		       "ram";
	} else if (errno == EPERM) {
		*why = "a sandbox forbids mbind: permit it, in Docker with "
		       "--cap-add SYS_NICE, or use ram";
	} else if (check_nodes(policy, text, sizeof(text)) != 0) {
		*why = text;
	} else if (policy->mode == WEIGHTED_INTERLEAVE) {
		*why = "the kernel has no weights (before Linux 6.9); use "
		       "interleave:";
	} else if (policy->mode == PREFERRED_MANY) {
		*why = "the kernel takes one preferred node only (before Linux "
		       "5.15)";
	}
	return -1;
}

/* A number from a file that is short, or begins with it. */
static uint64_t
read_number(const char *path, const char *name)
{
	char text[256];

	vmm_os_read_text(path, text, sizeof(text));
	return vmm_os_find_number(text, name);
}

/*
 * The memory that the kernel keeps free on a node for itself, and for huge
 * pages, in bytes: the high watermark is about one and a half times the node's
 * part of min_free_kbytes.
 */
static uint64_t
kept_on(unsigned int node)
{
	char path[64];
	uint64_t all = read_number("/proc/meminfo", "MemTotal:");
	uint64_t kept = 2 * read_number("/proc/sys/vm/min_free_kbytes", "");
	uint64_t own;

	vmm_format(path, sizeof(path), NODES "node%u/meminfo", node);
	own = read_number(path, "MemTotal:");
	return all == 0 ? kept << 10 : (kept * own / all) << 10;
}

/* As the kernel computes what is available in all of memory. */
static int
node_room(unsigned int node, uint64_t *bytes)
{
	char path[64], text[1024]; /* the first lines suffice */
	uint64_t cache, kept = kept_on(node);

	vmm_format(path, sizeof(path), NODES "node%u/vmstat", node);
	if (vmm_os_read_text(path, text, sizeof(text)) == 0)
		return -1;
	cache = (vmm_os_find_number(text, "nr_active_file ") +
			vmm_os_find_number(text, "nr_inactive_file ")) *
		vmm_os_page_size();
	cache -= cache / 2 < kept ? cache / 2 : kept;
	*bytes = vmm_os_find_number(text, "nr_free_pages ") *
			vmm_os_page_size() +
		cache;
	*bytes = *bytes > kept ? *bytes - kept : 0;
	return 0;
}

int
vmm_os_policy_room(const struct vmm_os_policy *policy, uint64_t *bytes)
{
	char text[512];

	*bytes = 0;
	if (policy->mode == 0 || policy->mode == LOCAL) {
		if (vmm_os_read_text("/proc/meminfo", text, sizeof(text)) > 0)
			*bytes = vmm_os_find_number(text, "MemAvailable:")
				<< 10;
		return *bytes > 0 ? 0 : -1;
	}
	for (unsigned int node = 0; node < VMM_NODES_MAX; node++) {
		uint64_t room;

		if (!has_node(policy->nodes, node))
			continue;
		if (node_room(node, &room) != 0)
			return -1;
		*bytes += room;
	}
	return 0;
}

/* /proc/self/statm: size, resident, shared, in pages. */
size_t
vmm_os_private_resident(void)
{
	uint64_t resident, shared;
	char text[128];
	char *at;

	if (vmm_os_read_text("/proc/self/statm", text, sizeof(text)) == 0)
		return 0;
	at = strchr(text, ' ');
	resident = at != NULL ? vmm_os_find_number(at, "") : 0;
	at = at != NULL ? strchr(at + 1, ' ') : NULL;
	shared = at != NULL ? vmm_os_find_number(at, "") : 0;
	return resident > shared
		? (size_t)(resident - shared) * vmm_os_page_size()
		: 0;
}
