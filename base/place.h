/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The place of a pool, as users give it: the path of a directory or of a
 *device, or one of
 *
 *	ram		ordinary memory, as the process's own policy says
 *	local		of the node of the processor that touches it first
 *	node:LIST	only of these memory nodes
 *	prefer:LIST	of these nodes while they have room
 *	interleave:LIST	of these nodes, page by page
 *	weighted:LIST	the same, in proportion to the kernel's weights
 *
 * A LIST has numbers and ranges, as in 0,2-3. A relative directory with such a
 * name is given as ./ram. No allocation here.
 */
#ifndef VMM_PLACE_H
#define VMM_PLACE_H

#define VMM_NODES_MAX 1024
#define VMM_NODES_BITS ((unsigned int)(8 * sizeof(unsigned long)))
#define VMM_NODES_WORDS (VMM_NODES_MAX / 8 / sizeof(unsigned long))

/* The complaint about what is behind node: and the like. */
#define VMM_NOT_A_NODE_LIST "not a list of memory nodes, such as 0,2-3"

enum vmm_place_kind {
	VMM_PLACE_PATH,
	VMM_PLACE_RAM,
	VMM_PLACE_LOCAL,
	VMM_PLACE_NODE,
	VMM_PLACE_PREFER,
	VMM_PLACE_INTERLEAVE,
	VMM_PLACE_WEIGHTED,
};

struct vmm_place {
	enum vmm_place_kind kind;
	unsigned long nodes[VMM_NODES_WORDS]; /* one bit per node */
};

/* 0, or -1 with EINVAL if what follows the colon is not a LIST. */
int vmm_place_parse(struct vmm_place *place, const char *text);

/*
 * Parses a LIST, which ends at the end of the text or at a newline. 0, or -1
 * with EINVAL.
 */
int vmm_place_parse_nodes(unsigned long *nodes, const char *text);

#endif /* VMM_PLACE_H */
