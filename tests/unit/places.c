/* SPDX-License-Identifier: BSD-3-Clause */
/* base/places.c: lists of places with sizes, and how they are used. */
#include "config.h"

#include "base/places.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A bar stands behind each place that the list is split into. */
static const struct {
	const char *text, *places;
	size_t total;
} good[] = {
	{ "ram:2G", "ram|", (size_t)2 << 30 },
	{ "ram:64m,/mnt/far:1K", "ram|/mnt/far|", ((size_t)64 << 20) + 1024 },
	{ "/a:1048576,/b:2M,/c:3M", "/a|/b|/c|", (size_t)6 << 20 },
	{ "node:0,2:1M", "node:0,2|", (size_t)1 << 20 },
	{ "interleave:0-1,3:1M,prefer:1:2M", "interleave:0-1,3|prefer:1|",
		(size_t)3 << 20 },
	{ "/a,b:1M,c:d:1M", "/a,b|c:d|", (size_t)2 << 20 },
	{ "/a:1M/:1M", "/a:1M/|", (size_t)1 << 20 },
	{ "1:1M,2:1M,3:1M,4:1M,5:1M,6:1M,7:1M,8:1M", "1|2|3|4|5|6|7|8|",
		(size_t)8 << 20 },
};

START_TEST(lists)
{
	struct vmm_places places;
	char text[128], found[128] = "";
	size_t total;

	strcpy(text, good[_i].text);
	ck_assert(vmm_places_is_list(text));
	ck_assert_int_eq(vmm_places_split(&places, text), 0);
	for (unsigned int i = 0; i < places.n; i++) {
		strcat(found, places.place[i].text);
		strcat(found, "|");
	}
	ck_assert_str_eq(found, good[_i].places);
	ck_assert_int_eq(vmm_places_total(&places, &total), 0);
	ck_assert_uint_eq(total, good[_i].total);
}
END_TEST

static const char *const no_lists[] = {
	"",
	"ram",
	"/mnt/far",
	"node:0",
	"node:1024",
	"node:0,2",
	"/mnt/a:64G/",
	"./a:b",
	"/a:",
	"/a:1M,/b",
};

START_TEST(paths)
{
	ck_assert(!vmm_places_is_list(no_lists[_i]));
}
END_TEST

static const char *const bad[] = {
	":1M",
	"ram,",
	"/a:1M,",
	"/a:1M,:1M",
	"1:1M,2:1M,3:1M,4:1M,5:1M,6:1M,7:1M,8:1M,9:1M",
};

START_TEST(bad_lists)
{
	struct vmm_places places;
	char text[128];

	strcpy(text, bad[_i]);
	errno = 0;
	ck_assert_int_eq(vmm_places_split(&places, text), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(too_large)
{
	struct vmm_places places = {
		.n = 2,
		.place = { { "a", SIZE_MAX }, { "b", 1 } },
	};
	size_t total;

	ck_assert_int_eq(vmm_places_total(&places, &total), -1);
	ck_assert_int_eq(errno, ERANGE);
}
END_TEST

START_TEST(placements)
{
	struct vmm_placement p;

	ck_assert_int_eq(vmm_placement_parse(&p, "overflow"), 0);
	ck_assert_int_eq(p.kind, VMM_PLACEMENT_OVERFLOW);
	ck_assert_int_eq(vmm_placement_parse(&p, "ratio"), 0);
	ck_assert_int_eq(p.kind, VMM_PLACEMENT_RATIO);
	ck_assert_uint_eq(p.n_weights, 0);
	ck_assert_int_eq(vmm_placement_parse(&p, "ratio=1:4:1000"), 0);
	ck_assert_int_eq(p.kind, VMM_PLACEMENT_RATIO);
	ck_assert_uint_eq(p.n_weights, 3);
	ck_assert_uint_eq(p.weight[1], 4);
	ck_assert_int_eq(vmm_placement_parse(&p, "threshold=64K"), 0);
	ck_assert_int_eq(p.kind, VMM_PLACEMENT_THRESHOLD);
	ck_assert_uint_eq(p.size, 65536);
	ck_assert_str_eq(p.text, "threshold=64K");
	ck_assert_int_eq(vmm_placement_parse(&p, "stripe"), 0);
	ck_assert_int_eq(p.kind, VMM_PLACEMENT_STRIPE);
	ck_assert_uint_eq(p.size, 0);
	ck_assert_int_eq(vmm_placement_parse(&p, "stripe=1G"), 0);
	ck_assert_uint_eq(p.size, (size_t)1 << 30);
}
END_TEST

static const char *const bad_placements[] = {
	"",
	"first",
	"overflow=1",
	"ratio=",
	"ratio=1:",
	"ratio=1:0",
	"ratio=1:1001",
	"ratio=1,4",
	"ratio=1:1:1:1:1:1:1:1:1",
	"threshold",
	"threshold=",
	"threshold=0",
	"threshold=1MB",
	"stripe=",
	"stripe=1M",
	"stripe=3M",
	"stripes",
	"ratio=000000000000000000000000000000000000000000000000000000001:1",
};

START_TEST(bad_placement)
{
	struct vmm_placement p;

	errno = 0;
	ck_assert_int_eq(vmm_placement_parse(&p, bad_placements[_i]), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("places");
	TCase *tc = tcase_create("text");

	tcase_add_loop_test(tc, lists, 0, COUNT(good));
	tcase_add_loop_test(tc, paths, 0, COUNT(no_lists));
	tcase_add_loop_test(tc, bad_lists, 0, COUNT(bad));
	tcase_add_test(tc, too_large);
	tcase_add_test(tc, placements);
	tcase_add_loop_test(tc, bad_placement, 0, COUNT(bad_placements));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
