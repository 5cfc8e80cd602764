/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters of compare count a program that a child executes, and nothing
 * else. Page faults stand in for the hardware's events, which few virtual
 * machines have.
 */
#include "config.h"

#include "cli/compare/counters.h"
#include "tests/unit/unit.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE ((size_t)4096 * 4096)

/* Touches memory, so that there are about 4000 faults. */
static void
touch(void)
{
	void *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	madvise(p, SIZE, MADV_NOHUGEPAGE);
	memset(p, 1, SIZE);
	munmap(p, SIZE);
}

static void
run_child(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		touch(); /* before exec: not counted */
		execlp("sh", "sh", "-c", "(:); exit 0", (char *)NULL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(children_only)
{
	int fd =
		vmm_counter_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	int64_t count;

	if (fd < 0)
		return; /* not permitted here */
	touch();
	run_child();
	count = vmm_counter_close(fd);
	ck_assert_int_gt(count, 20);
	ck_assert_int_lt(count, 2000);
}
END_TEST

START_TEST(missing_events)
{
	struct vmm_counters counters;
	int64_t counts[VMM_N_COUNTERS];

	ck_assert_int_eq(vmm_counter_open(12345, 0), -1);
	ck_assert_int_eq(vmm_counter_close(-1), -1);
	vmm_counters_open(&counters);
	run_child();
	vmm_counters_close(&counters, counts);
	for (int i = 0; i < VMM_N_COUNTERS; i++)
		ck_assert_int_ge(counts[i], -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("counters");
	TCase *tcase = tcase_create("counters");

	tcase_add_test(tcase, children_only);
	tcase_add_test(tcase, missing_events);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
