/* SPDX-License-Identifier: BSD-3-Clause */
/* base/place.c: which words are places in memory, and which are paths. */
#include "config.h"

#include "base/place.h"

#include "tests/unit/unit.h"

#include <errno.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct {
	const char *text;
	enum vmm_place_kind kind;
	unsigned long nodes; /* the first ones */
} good[] = {
	{ "ram", VMM_PLACE_RAM, 0 },
	{ "local", VMM_PLACE_LOCAL, 0 },
	{ "node:1", VMM_PLACE_NODE, 0x2 },
	{ "prefer:0", VMM_PLACE_PREFER, 0x1 },
	{ "interleave:0,1", VMM_PLACE_INTERLEAVE, 0x3 },
	{ "weighted:0,2-3", VMM_PLACE_WEIGHTED, 0xd },
	{ "node:2-2,1,1,007", VMM_PLACE_NODE, 0x86 },
	/* paths */
	{ "./ram", VMM_PLACE_PATH, 0 },
	{ "/ram", VMM_PLACE_PATH, 0 },
	{ "ram/", VMM_PLACE_PATH, 0 },
	{ "ram:", VMM_PLACE_PATH, 0 },
	{ "ramdisk", VMM_PLACE_PATH, 0 },
	{ "RAM", VMM_PLACE_PATH, 0 },
	{ "ra", VMM_PLACE_PATH, 0 },
	{ "", VMM_PLACE_PATH, 0 },
	{ "local:0", VMM_PLACE_PATH, 0 },
	{ "node", VMM_PLACE_PATH, 0 },
	{ "node/0", VMM_PLACE_PATH, 0 },
	{ "./node:1", VMM_PLACE_PATH, 0 },
};

START_TEST(places)
{
	struct vmm_place place;

	ck_assert_int_eq(vmm_place_parse(&place, good[_i].text), 0);
	ck_assert_int_eq(place.kind, good[_i].kind);
	ck_assert_uint_eq(place.nodes[0], good[_i].nodes);
	for (size_t i = 1; i < VMM_NODES_WORDS; i++)
		ck_assert_uint_eq(place.nodes[i], 0);
}
END_TEST

static const char *const bad[] = {
	"node:",
	"node:x",
	"node:-1",
	"node:1-",
	"node:3-2",
	"node:1,",
	"node:,1",
	"node: 1",
	"node:1 ",
	"node:1024",
	"node:0-1024",
	"node:4294967296",
	"node:99999999999999999999999",
	"prefer:0:1",
	"interleave:all",
	"weighted:0=1",
};

START_TEST(not_places)
{
	struct vmm_place place;

	errno = 0;
	ck_assert_int_eq(vmm_place_parse(&place, bad[_i]), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(all_nodes)
{
	unsigned long nodes[VMM_NODES_WORDS];

	ck_assert_int_eq(vmm_place_parse_nodes(nodes, "0-1023\n"), 0);
	for (size_t i = 0; i < VMM_NODES_WORDS; i++)
		ck_assert_uint_eq(nodes[i], ~0UL);
	ck_assert_int_eq(vmm_place_parse_nodes(nodes, "\n"), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("place");
	TCase *tc = tcase_create("place");

	tcase_add_loop_test(tc, places, 0, COUNT(good));
	tcase_add_loop_test(tc, not_places, 0, COUNT(bad));
	tcase_add_test(tc, all_nodes);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
