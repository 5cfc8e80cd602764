/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of sampled blocks against a model: random additions and removals,
 * more than the first tables hold, with addresses whose hashes are alike. How
 * long blocks have lived.
 */
#include "config.h"

#include "core/samples.h"

#include "os/process.h"
#include "tests/unit/unit.h"

#define BLOCKS 20000
#define STACKS 5000
#define STEPS 300000

static bool is_live[BLOCKS];

static void *
address_of(size_t i)
{
	unsigned int shift = sizeof(void *) > 4 ? 20 : 16;

	return (void *)((uintptr_t)(i + 1) << shift | 16);
}

static struct vmm_amount
amount_of(size_t i)
{
	return (struct vmm_amount){ .blocks = 1 << VMM_AMOUNT_SHIFT,
		.bytes = i };
}

static void
add(size_t i)
{
	size_t stack = i % STACKS;
	uintptr_t frames[2] = { stack, ~stack };

	ck_assert(!is_live[i]);
	vmm_samples_add(address_of(i), amount_of(i),
		vmm_samples_find_site(frames, 1 + stack % 2));
	is_live[i] = true;
}

static void
take(size_t i)
{
	struct vmm_sample sample;

	ck_assert(vmm_samples_take(address_of(i), &sample) == is_live[i]);
	if (!is_live[i])
		return;
	ck_assert_uint_eq(sample.amount.bytes, i);
	ck_assert_uint_eq(sample.site->stack[0], i % STACKS);
	vmm_samples_end(&sample);
	is_live[i] = false;
}

START_TEST(follows_a_model)
{
	uint64_t random = 1, bytes = 0, blocks = 0, expected = 0;
	size_t sites = 0;

	ck_assert_int_eq(vmm_samples_init(16), 0);
	for (int step = 0; step < STEPS; step++) {
		size_t i;

		random = random * 6364136223846793005 + 1442695040888963407;
		i = (size_t)(random >> 33) % BLOCKS;
		if (is_live[i])
			ck_assert(vmm_samples_may_have(address_of(i)));
		if (!is_live[i] && step % 3 != 0)
			add(i);
		else
			take(i);
	}
	for (size_t i = 0; i < BLOCKS; i++)
		expected += is_live[i] ? i : 0;
	for (const struct vmm_site *site = vmm_samples_newest(); site != NULL;
		site = site->older) {
		bytes += site->live.bytes;
		blocks += site->live.blocks;
		sites++;
	}
	ck_assert_uint_eq(bytes, expected);
	ck_assert_uint_eq(sites, STACKS);
	ck_assert(blocks >> VMM_AMOUNT_SHIFT > BLOCKS / 3);
	ck_assert_uint_eq(vmm_samples_lost(), 0);
	for (size_t i = 0; i < BLOCKS; i++)
		take(i);
	for (size_t i = 0; i < BLOCKS; i++)
		ck_assert(!vmm_samples_may_have(address_of(i)));
}
END_TEST

/* Adds a block that has lived for this long, and frees it. */
static struct vmm_site *
free_after(uint64_t ns)
{
	uintptr_t frame = 1;
	struct vmm_sample sample;

	vmm_samples_add(
		address_of(0), amount_of(1), vmm_samples_find_site(&frame, 1));
	ck_assert(vmm_samples_take(address_of(0), &sample));
	sample.born_ns = vmm_os_clock_ns() - ns;
	vmm_samples_end(&sample);
	return sample.site;
}

/* Far from the limits, as the clock goes on. */
START_TEST(lifetimes)
{
	uint64_t s = 1000000000;
	struct vmm_site *site;

	ck_assert_int_eq(vmm_samples_init(16), 0);
	free_after(50 * s);
	free_after(50 * s);
	free_after(500 * s);
	free_after(5000 * s);
	site = free_after(5000000 * s);
	ck_assert_uint_eq(site->freed[5].bytes, 2);
	ck_assert_uint_eq(site->freed[6].bytes, 1);
	ck_assert_uint_eq(site->freed[7].bytes, 2);
	ck_assert_uint_eq(site->live.bytes, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("samples");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, follows_a_model);
	tcase_add_test(tcase, lifetimes);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
