/* SPDX-License-Identifier: BSD-3-Clause */
/* Free extents in a treap; see extent.h. */
#include "config.h"

#include "base/extent.h"

#include "base/log.h"

#define NODE(set, i) (&(set)->nodes[i])

size_t
vmm_extent_set_bytes(size_t pages)
{
	return (pages / 2 + 3) * sizeof(struct vmm_extent);
}

void
vmm_extent_set_init(struct vmm_extent_set *set, void *memory)
{
	*set = (struct vmm_extent_set){ .nodes = memory, .used = 1 };
}

static uint32_t
node_alloc(struct vmm_extent_set *set, size_t page, size_t n)
{
	uint32_t i = set->unused;

	if (i != 0)
		set->unused = NODE(set, i)->left;
	else
		i = set->used++;
	*NODE(set, i) = (struct vmm_extent){ page, n, n, 0, 0 };
	return i;
}

static void
node_free(struct vmm_extent_set *set, uint32_t i)
{
	NODE(set, i)->left = set->unused;
	set->unused = i;
}

/*
 * Nodes are numbered in the order of their creation, and any regular selection
 * of them can survive: only a function that mixes all bits keeps the treap
 * balanced. This is the 32-bit finalizer of MurmurHash3 (A. Appleby).
 */
static uint32_t
priority(uint32_t i)
{
	i = (i ^ i >> 16) * UINT32_C(0x85ebca6b);
	i = (i ^ i >> 13) * UINT32_C(0xc2b2ae35);
	return i ^ i >> 16;
}

static void
update(struct vmm_extent_set *set, uint32_t i)
{
	struct vmm_extent *e = NODE(set, i);
	size_t left = NODE(set, e->left)->max;
	size_t right = NODE(set, e->right)->max;

	e->max = e->n;
	if (left > e->max)
		e->max = left;
	if (right > e->max)
		e->max = right;
}

/* Splits a tree into the nodes below page and those from page on. */
static void
split(struct vmm_extent_set *set, uint32_t i, size_t page, uint32_t *below,
	uint32_t *above)
{
	struct vmm_extent *e = NODE(set, i);

	if (i == 0) {
		*below = *above = 0;
		return;
	}
	if (e->page < page) {
		split(set, e->right, page, &e->right, above);
		*below = i;
	} else {
		split(set, e->left, page, below, &e->left);
		*above = i;
	}
	update(set, i);
}

/* Joins two trees, all of below being below all of above. */
static uint32_t
join(struct vmm_extent_set *set, uint32_t below, uint32_t above)
{
	if (below == 0 || above == 0)
		return below | above;
	if (priority(below) > priority(above)) {
		struct vmm_extent *e = NODE(set, below);

		e->right = join(set, e->right, above);
		update(set, below);
		return below;
	}
	struct vmm_extent *e = NODE(set, above);

	e->left = join(set, below, e->left);
	update(set, above);
	return above;
}

static uint32_t
insert_node(struct vmm_extent_set *set, uint32_t i, uint32_t node)
{
	struct vmm_extent *e = NODE(set, i);

	if (i == 0)
		return node;
	if (priority(node) > priority(i)) {
		struct vmm_extent *n = NODE(set, node);

		split(set, i, n->page, &n->left, &n->right);
		update(set, node);
		return node;
	}
	if (NODE(set, node)->page < e->page)
		e->left = insert_node(set, e->left, node);
	else
		e->right = insert_node(set, e->right, node);
	update(set, i);
	return i;
}

/* Removes the node of this page from the tree and recycles it. */
static uint32_t
remove_node(struct vmm_extent_set *set, uint32_t i, size_t page)
{
	struct vmm_extent *e = NODE(set, i);

	if (e->page == page) {
		uint32_t rest = join(set, e->left, e->right);

		node_free(set, i);
		return rest;
	}
	if (page < e->page)
		e->left = remove_node(set, e->left, page);
	else
		e->right = remove_node(set, e->right, page);
	update(set, i);
	return i;
}

/*
 * Moves the bounds of the extent at page, in place: it must not pass another
 * extent on the way.
 */
static void
change(struct vmm_extent_set *set, uint32_t i, size_t page, size_t new_page,
	size_t new_n)
{
	struct vmm_extent *e = NODE(set, i);

	if (e->page == page) {
		e->page = new_page;
		e->n = new_n;
	} else if (page < e->page) {
		change(set, e->left, page, new_page, new_n);
	} else {
		change(set, e->right, page, new_page, new_n);
	}
	update(set, i);
}

/* The extent with the highest start below page; 0 if there is none. */
static uint32_t
find_before(const struct vmm_extent_set *set, size_t page)
{
	uint32_t i = set->root;
	uint32_t found = 0;

	while (i != 0) {
		if (NODE(set, i)->page < page) {
			found = i;
			i = NODE(set, i)->right;
		} else {
			i = NODE(set, i)->left;
		}
	}
	return found;
}

/* The extent that starts at page; 0 if there is none. */
static uint32_t
find_at(const struct vmm_extent_set *set, size_t page)
{
	uint32_t i = set->root;

	while (i != 0 && NODE(set, i)->page != page)
		i = page < NODE(set, i)->page ? NODE(set, i)->left
					      : NODE(set, i)->right;
	return i;
}

void
vmm_extent_insert(struct vmm_extent_set *set, size_t page, size_t n)
{
	uint32_t prev = find_before(set, page);
	uint32_t next = find_at(set, page + n);

	/* a range is freed twice, or by two threads that both hold it */
	VMM_ASSERT(prev == 0 ||
		NODE(set, prev)->page + NODE(set, prev)->n <= page);
	VMM_ASSERT(find_before(set, page + n) == prev);
	set->total += n;
	if (prev != 0 && NODE(set, prev)->page + NODE(set, prev)->n == page) {
		size_t start = NODE(set, prev)->page;
		size_t size = NODE(set, prev)->n + n;

		if (next != 0) {
			size += NODE(set, next)->n;
			set->root = remove_node(set, set->root, page + n);
		}
		change(set, set->root, start, start, size);
	} else if (next != 0) {
		change(set, set->root, page + n, page, n + NODE(set, next)->n);
	} else {
		set->root =
			insert_node(set, set->root, node_alloc(set, page, n));
	}
}

/* Removes [page, page + n) from the extent i, which holds it. */
static void
carve(struct vmm_extent_set *set, uint32_t i, size_t page, size_t n)
{
	size_t start = NODE(set, i)->page;
	size_t end = start + NODE(set, i)->n;

	VMM_ASSERT(page >= start && page + n <= end && n > 0);
	VMM_ASSERT(set->total >= n);
	set->total -= n;
	if (page > start) {
		change(set, set->root, start, start, page - start);
		if (page + n < end)
			set->root = insert_node(set, set->root,
				node_alloc(set, page + n, end - page - n));
	} else if (page + n < end) {
		change(set, set->root, start, page + n, end - page - n);
	} else {
		set->root = remove_node(set, set->root, start);
	}
}

/* First page of extent e at which n aligned pages fit, or NONE. */
static size_t
fit(const struct vmm_extent *e, size_t n, size_t align, size_t base)
{
	size_t first = ((e->page + base + align - 1) & ~(align - 1)) - base;

	if (first - e->page > e->n || e->n - (first - e->page) < n)
		return VMM_EXTENT_NONE;
	return first;
}

/* Up to this many extents that are large enough are tried for alignment. */
#define TRIES 16u

/* The lowest extent that fits, of the first *tries that are large enough. */
static uint32_t
find_fitting(const struct vmm_extent_set *set, uint32_t i, size_t n,
	size_t align, size_t base, size_t *tries)
{
	uint32_t found;

	if (NODE(set, i)->max < n || *tries == 0)
		return 0;
	found = find_fitting(set, NODE(set, i)->left, n, align, base, tries);
	if (found != 0 || *tries == 0)
		return found;
	if (NODE(set, i)->n >= n) {
		if (fit(NODE(set, i), n, align, base) != VMM_EXTENT_NONE)
			return i;
		(*tries)--;
	}
	return find_fitting(set, NODE(set, i)->right, n, align, base, tries);
}

size_t
vmm_extent_remove(
	struct vmm_extent_set *set, size_t n, size_t align, size_t base)
{
	size_t tries = TRIES;
	uint32_t i = find_fitting(set, set->root, n, align, base, &tries);
	size_t page;

	tries = SIZE_MAX;
	/* an extent in which n pages fit, however it is aligned */
	if (i == 0 && n <= SIZE_MAX - align)
		i = find_fitting(set, set->root, n + align - 1, 1, 0, &tries);
	if (i == 0)
		i = find_fitting(set, set->root, n, align, base, &tries);
	if (i == 0)
		return VMM_EXTENT_NONE;
	page = fit(NODE(set, i), n, align, base);
	carve(set, i, page, n);
	return page;
}

bool
vmm_extent_remove_at(struct vmm_extent_set *set, size_t page, size_t n)
{
	uint32_t i = find_before(set, page + 1);

	if (i == 0 || NODE(set, i)->page + NODE(set, i)->n < page + n)
		return false;
	carve(set, i, page, n);
	return true;
}

bool
vmm_extent_last_before(const struct vmm_extent_set *set, size_t before,
	size_t *page, size_t *n)
{
	uint32_t i = find_before(set, before);

	if (i == 0)
		return false;
	*page = NODE(set, i)->page;
	*n = NODE(set, i)->n;
	return true;
}

bool
vmm_extent_first_from(
	const struct vmm_extent_set *set, size_t from, size_t *page, size_t *n)
{
	uint32_t i = set->root;
	uint32_t found = 0;

	while (i != 0) {
		if (NODE(set, i)->page >= from) {
			found = i;
			i = NODE(set, i)->left;
		} else {
			i = NODE(set, i)->right;
		}
	}
	if (found == 0)
		return false;
	*page = NODE(set, found)->page;
	*n = NODE(set, found)->n;
	return true;
}
