/* SPDX-License-Identifier: BSD-3-Clause */
/* core/plugin_table.c: which tables of backends are accepted, and how. */
#include "config.h"

#include "core/plugin_table.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static void
any_function(void)
{
}

/* A table with only the mandatory slots. */
static struct vmmalloc_backend
minimal(void)
{
	struct vmmalloc_backend b = {
		.struct_size = sizeof(b),
		.abi_major = VMMALLOC_BACKEND_ABI_MAJOR,
		.abi_minor = VMMALLOC_BACKEND_ABI_MINOR,
		.name = "some",
		.version = "1",
	};
	void *f = (void *)any_function;

	memcpy(&b.init, &f, sizeof(f));
	memcpy(&b.malloc, &f, sizeof(f));
	memcpy(&b.free, &f, sizeof(f));
	memcpy(&b.calloc, &f, sizeof(f));
	memcpy(&b.realloc, &f, sizeof(f));
	memcpy(&b.memalign, &f, sizeof(f));
	memcpy(&b.usable_size, &f, sizeof(f));
	return b;
}

static struct vmmalloc_backend got;
static char why[256];

static int
read_table(const struct vmmalloc_backend *from)
{
	memset(&got, 0xa5, sizeof(got));
	memset(why, 0, sizeof(why));
	return vmm_plugin_read_table(&got, from, why, sizeof(why));
}

static int
reserve(void **reserved)
{
	*reserved = NULL;
	return 0;
}

static void
use_reserved(void *reserved)
{
	(void)reserved;
}

/* The slots around pthread_create are used only if all of them are there. */
START_TEST(drops_incomplete_thread_slots)
{
	struct vmmalloc_backend b = minimal();

	b.thread_reserve = reserve;
	b.thread_start = use_reserved;
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert(got.thread_reserve == NULL && got.thread_start == NULL);
	b.thread_unreserve = use_reserved;
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert(got.thread_reserve == reserve);
	ck_assert(got.thread_unreserve == use_reserved);
	ck_assert(got.thread_start == use_reserved);
	/* a table of ABI 1.0 ends before them */
	b.struct_size = offsetof(struct vmmalloc_backend, thread_reserve);
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert(got.thread_reserve == NULL && got.thread_start == NULL);
}
END_TEST

START_TEST(fills_optional)
{
	struct vmmalloc_backend b = minimal();
	struct vmmalloc_backend_stats stats = { .struct_size = sizeof(stats) };

	ck_assert_int_eq(read_table(&b), 0);
	ck_assert_str_eq(got.name, "some");
	ck_assert_ptr_eq(got.malloc, b.malloc);
	ck_assert_uint_eq(got.min_pool, 0);
	ck_assert_ptr_nonnull(got.library_version());
	got.thread_exit(NULL);
	got.fork_prepare();
	got.fork_parent();
	got.fork_child();
	ck_assert(!got.purge());
	ck_assert_int_eq(got.stats(&stats), -1);
	ck_assert_int_eq(got.ctl("x", NULL, NULL, NULL, 0), ENOENT);
}
END_TEST

static bool
my_purge(void)
{
	return true;
}

START_TEST(keeps_optional)
{
	struct vmmalloc_backend b = minimal();

	b.purge = my_purge;
	b.min_pool = 12345;
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert_ptr_eq(got.purge, my_purge);
	ck_assert_uint_eq(got.min_pool, 12345);
}
END_TEST

/* Built with an older header: the slots that it lacks are filled in. */
START_TEST(smaller)
{
	struct vmmalloc_backend b = minimal();

	b.purge = my_purge; /* after the end of the table: must not be used */
	b.struct_size = offsetof(struct vmmalloc_backend, usable_size) +
		sizeof(b.usable_size);
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert_ptr_ne(got.purge, my_purge);
	ck_assert(!got.purge());
	ck_assert_ptr_eq(got.usable_size, b.usable_size);
}
END_TEST

/* Built with a newer header: slots that this core does not know are ignored. */
START_TEST(larger)
{
	struct {
		struct vmmalloc_backend known;
		char unknown[64];
	} b;

	memset(&b, 0xee, sizeof(b));
	b.known = minimal();
	b.known.struct_size = sizeof(b);
	b.known.abi_minor = VMMALLOC_BACKEND_ABI_MINOR + 1;
	b.known.purge = my_purge;
	ck_assert_int_eq(read_table(&b.known), 0);
	ck_assert_ptr_eq(got.purge, my_purge);
}
END_TEST

START_TEST(wrong_major)
{
	struct vmmalloc_backend b = minimal();

	b.abi_major = VMMALLOC_BACKEND_ABI_MAJOR + 1;
	ck_assert_int_eq(read_table(&b), -1);
	ck_assert_str_eq(why, "its ABI is 2.1, this library's is 1.1");
}
END_TEST

START_TEST(far_too_small)
{
	struct vmmalloc_backend b = minimal();

	for (size_t size = 0; size < 8; size++) {
		b.struct_size = (uint32_t)size;
		ck_assert_int_eq(read_table(&b), -1);
		ck_assert_str_ne(why, "");
	}
}
END_TEST

/*
 * A table cut off before a mandatory slot lacks it, whatever follows the end.
 */
START_TEST(cut_off)
{
	struct vmmalloc_backend b = minimal();

	b.struct_size = offsetof(struct vmmalloc_backend, memalign);
	ck_assert_int_eq(read_table(&b), -1);
	ck_assert_str_eq(why, "missing in its table: memalign usable_size");
	b.struct_size += 4; /* in the middle of a pointer */
	ck_assert_int_eq(read_table(&b), -1);
}
END_TEST

START_TEST(names_missing)
{
	struct vmmalloc_backend b = minimal();

	b.name = NULL;
	b.calloc = NULL;
	ck_assert_int_eq(read_table(&b), -1);
	ck_assert_str_eq(why, "missing in its table: name calloc");
	memset((char *)&b + offsetof(struct vmmalloc_backend, name), 0,
		sizeof(b) - offsetof(struct vmmalloc_backend, name));
	ck_assert_int_eq(read_table(&b), -1);
	ck_assert_str_eq(why,
		"missing in its table: name version init malloc free calloc "
		"realloc memalign usable_size");
}
END_TEST

/* A text that does not fit is truncated. */
START_TEST(little_room_for_why)
{
	struct vmmalloc_backend b = { .struct_size = sizeof(b),
		.abi_major = VMMALLOC_BACKEND_ABI_MAJOR };
	char small[32];

	memset(small, '#', sizeof(small));
	ck_assert_int_eq(vmm_plugin_read_table(&got, &b, small, 30), -1);
	ck_assert_int_eq(small[29], '\0');
	ck_assert_int_eq(small[30], '#');
}
END_TEST

static void
libc_free(void *ptr)
{
	free(ptr);
}

START_TEST(origin)
{
	struct vmmalloc_backend b = minimal();

	/* The core is linked into this program: its functions are "ours". */
	b.free = libc_free;
	ck_assert_int_eq(read_table(&b), 0);
	ck_assert_int_eq(vmm_plugin_check_origin(&got, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, "malloc"));

	b.malloc = malloc;
	b.free = free;
	b.calloc = calloc;
	b.realloc = realloc;
	b.memalign = aligned_alloc;
	b.free_sized = NULL;
	memcpy(&b.usable_size, &b.malloc, sizeof(b.malloc));
	ck_assert_int_eq(vmm_plugin_check_origin(&b, why, sizeof(why)), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plugin-table");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, fills_optional);
	tcase_add_test(cases, drops_incomplete_thread_slots);
	tcase_add_test(cases, keeps_optional);
	tcase_add_test(cases, smaller);
	tcase_add_test(cases, larger);
	tcase_add_test(cases, wrong_major);
	tcase_add_test(cases, far_too_small);
	tcase_add_test(cases, cut_off);
	tcase_add_test(cases, names_missing);
	tcase_add_test(cases, little_room_for_why);
	tcase_add_test(cases, origin);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
