/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stacks that the recorder finds are those of the C library's backtrace,
 * whether they are found from scratch, copied from the last one, or known.
 */
#include "config.h"

#include "backends/record/lane.h"
#include "backends/record/stack_table.h"

#include "tests/unit/unit.h"

#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <string.h>
#include <ucontext.h>

#define DEPTH 16
#define CALLS 3000
#define STACKS_MAX 100000
#define NOINLINE __attribute__((noinline))

/* The place of stack_table.c: keeps all stacks, and finds them slowly. */
static struct {
	uintptr_t frames[DEPTH];
	uint32_t n;
} stacks[STACKS_MAX];
static uint32_t n_stacks;
static uint32_t lookups;

int
vmm_stack_table_init(void)
{
	return 0;
}

uintptr_t
vmm_stack_table_find(const struct vmm_unwind_place *places, uint32_t n)
{
	uint32_t i = 0;

	ck_assert_uint_le(n, DEPTH);
	lookups++;
	stacks[n_stacks].n = n;
	for (uint32_t k = 0; k < n; k++)
		stacks[n_stacks].frames[k] = places[k].pc;
	while (stacks[i].n != n ||
		memcmp(stacks[i].frames, stacks[n_stacks].frames,
			n * sizeof(uintptr_t)) != 0)
		i++;
	if (i == n_stacks)
		n_stacks++;
	ck_assert_uint_lt(n_stacks, STACKS_MAX);
	return i + 1;
}

static struct vmm_lane lane = { .number = 0 };
static struct vmm_lane once; /* has no stack yet */
static uint32_t calls;

/* Compares one stack, found in three ways. */
static NOINLINE int
leaf(void)
{
	struct vmm_unwind_place here = VMM_UNWIND_HERE;
	void *frames[200];
	int n = backtrace(frames, 200);
	uint32_t number = vmm_stack_find(&lane, &here);
	int first = 0;

	ck_assert_uint_ne(number, 0);
	ck_assert_uint_eq(vmm_stack_find(&lane, &here), number);
	once.number++;
	ck_assert_uint_eq(vmm_stack_find(&once, &here), number);
	while (first < n && (uintptr_t)frames[first] != here.pc)
		first++;
	ck_assert_int_lt(first, n);
	if (n == 200) /* cut off */
		return 1;
	n = n - first < DEPTH ? n - first : DEPTH;
#ifdef __i386__ /* backtrace adds a frame without unwind information */
	if (n == (int)stacks[number - 1].n + 1)
		n--;
#endif
	ck_assert_int_eq((int)stacks[number - 1].n, n);
	for (int i = 0; i < n; i++)
		ck_assert_uint_eq(stacks[number - 1].frames[i],
			(uintptr_t)frames[first + i]);
	calls++;
	return 1;
}

static unsigned int seed = 1;

static unsigned int
draw(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static NOINLINE int middle(int depth);

/* A frame whose size is known, and one whose size is not. */
static NOINLINE int
fixed(int depth)
{
	volatile char room[100];
	int sum = 0;

	room[draw(sizeof(room))] = 1;
	for (unsigned int i = 0; i < 1 + draw(2); i++)
		sum += middle(depth);
	return sum + room[0];
}

static NOINLINE int
variable(int depth)
{
	size_t n = 16 + draw(300);
	volatile char *room = alloca(n);

	room[0] = 1;
	return middle(depth) + middle(depth - 1) + room[0];
}

static NOINLINE int
middle(int depth)
{
	if (calls >= CALLS)
		return 0;
	if (depth <= 0)
		return leaf() + leaf();
	return draw(2) == 0 ? fixed(depth - 1) + 1 : variable(depth - 1) + 1;
}

static void
begin(void)
{
	calls = 0;
	ck_assert_int_eq(vmm_stack_init(DEPTH), 0);
}

START_TEST(finds_stacks)
{
	while (calls < CALLS)
		middle((int)draw(60));
	ck_assert_uint_gt(n_stacks, 100);
}
END_TEST

/* A stack that is known costs no unwinding. */
START_TEST(knows_stacks)
{
#ifdef __x86_64__
	uint32_t before;

	leaf();
	before = lookups;
	/* one lookup each for the lane that has no stack yet */
	for (int i = 0; i < 100; i++)
		leaf();
	ck_assert_uint_le(lookups, before + 101);
#endif
}
END_TEST

static void *
run(void *arg)
{
	lane.number = 1;
	while (calls < 100)
		middle((int)draw(30));
	return arg;
}

START_TEST(finds_stacks_of_threads)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
	pthread_join(thread, NULL);
}
END_TEST

static ucontext_t outer, inner;

static void
run_context(void)
{
	for (;;) {
		calls = CALLS - 3;
		middle((int)draw(10));
		swapcontext(&inner, &outer);
	}
}

/* Coroutines, with stacks at the same address one after the other. */
START_TEST(finds_stacks_of_coroutines)
{
	static char memory[2][1 << 17];

	for (int i = 0; i < 50; i++) {
		getcontext(&inner);
		inner.uc_stack.ss_sp = memory[i % 2];
		inner.uc_stack.ss_size = sizeof(memory[0]) - 64 * (size_t)i;
		inner.uc_link = NULL;
		makecontext(&inner, run_context, 0);
		swapcontext(&outer, &inner);
		swapcontext(&outer, &inner);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stack");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, begin, NULL);
	tcase_add_test(tcase, finds_stacks);
	tcase_add_test(tcase, finds_stacks_of_coroutines);
	tcase_add_test(tcase, finds_stacks_of_threads);
	tcase_add_test(tcase, knows_stacks);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
