/* SPDX-License-Identifier: BSD-3-Clause */
/* The place of a pool; see place.h. No allocation here. */
#include "config.h"

#include "base/place.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *word;
	enum vmm_place_kind kind;
} words[] = {
	{ "ram", VMM_PLACE_RAM },
	{ "local", VMM_PLACE_LOCAL },
	{ "node:", VMM_PLACE_NODE },
	{ "prefer:", VMM_PLACE_PREFER },
	{ "interleave:", VMM_PLACE_INTERLEAVE },
	{ "weighted:", VMM_PLACE_WEIGHTED },
};

/* Parses a number of a node from *text on, and moves *text behind it. */
static int
parse_node(const char **text, unsigned int *node)
{
	const char *s = *text;

	*node = 0;
	while (*s >= '0' && *s <= '9' && *node < VMM_NODES_MAX)
		*node = *node * 10 + (unsigned int)(*s++ - '0');
	if (s == *text || *node >= VMM_NODES_MAX)
		return -1;
	*text = s;
	return 0;
}

int
vmm_place_parse_nodes(unsigned long *nodes, const char *text)
{
	unsigned int first, last;

	memset(nodes, 0, VMM_NODES_WORDS * sizeof(*nodes));
	for (;; text++) {
		if (parse_node(&text, &first) != 0)
			break;
		last = first;
		if (*text == '-') {
			text++;
			if (parse_node(&text, &last) != 0 || last < first)
				break;
		}
		for (; first <= last; first++)
			nodes[first / VMM_NODES_BITS] |= 1UL
				<< first % VMM_NODES_BITS;
		if (*text == '\0' || *text == '\n')
			return 0;
		if (*text != ',')
			break;
	}
	errno = EINVAL;
	return -1;
}

int
vmm_place_parse(struct vmm_place *place, const char *text)
{
	*place = (struct vmm_place){ .kind = VMM_PLACE_PATH };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(text, words[i].word, n) != 0)
			continue;
		if (words[i].word[n - 1] == ':') {
			place->kind = words[i].kind;
			return vmm_place_parse_nodes(place->nodes, text + n);
		}
		if (text[n] == '\0') {
			place->kind = words[i].kind;
			return 0;
		}
	}
	return 0;
}
