/* SPDX-License-Identifier: BSD-3-Clause */
/* core/sharers.c: how long a process counts its children and its parent. */
#include "config.h"

#include "core/sharers.h"

#include "tests/unit/unit.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Makes a child that lives until a byte arrives, or the pipe is closed. */
static void
make_child(const int go[2])
{
	pid_t pid = fork();
	char c;

	ck_assert_int_ge(pid, 0);
	if (pid != 0)
		return;
	vmm_sharers_forget();
	close(go[1]);
	_exit(read(go[0], &c, 1) < 0);
}

static void
wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* Children count until the last of them has ended. */
START_TEST(children)
{
	int go[2];

	ck_assert_uint_eq(vmm_sharers_count(), 0);
	ck_assert_int_eq(pipe(go), 0);
	for (unsigned int i = 0; i < 2; i++) {
		void *mark = vmm_sharers_begin();

		ck_assert_ptr_nonnull(mark);
		make_child(go);
		vmm_sharers_end(mark);
		ck_assert_uint_eq(vmm_sharers_count(), i + 1);
	}
	ck_assert_int_eq(write(go[1], "", 1), 1);
	ck_assert_int_gt(waitpid(-1, NULL, 0), 0);
	ck_assert_uint_eq(vmm_sharers_count(), 2);
	close(go[1]);
	ck_assert_int_gt(waitpid(-1, NULL, 0), 0);
	ck_assert_uint_eq(vmm_sharers_count(), 0);
}
END_TEST

/* A fork that fails leaves none. */
START_TEST(fork_failed)
{
	vmm_sharers_end(vmm_sharers_begin());
	ck_assert_uint_eq(vmm_sharers_count(), 0);
}
END_TEST

/* A child has no siblings, but its parent, for as long as it lives. */
START_TEST(parent)
{
	void *mark = vmm_sharers_begin();
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		vmm_sharers_forget();
		if (vmm_sharers_count() != 0)
			_exit(1);
		vmm_sharers_adopt();
		vmm_sharers_end(vmm_sharers_begin());
		_exit(vmm_sharers_count() != 1);
	}
	vmm_sharers_end(mark);
	wait_for(pid);
	ck_assert_uint_eq(vmm_sharers_count(), 0);
}
END_TEST

/* Without a descriptor for the marker nothing tells that a child has ended. */
START_TEST(no_marker)
{
	struct rlimit none;
	pid_t pid;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &none), 0);
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_ptr_null(vmm_sharers_begin());
	pid = fork();
	if (pid == 0)
		_exit(0);
	vmm_sharers_end(NULL);
	wait_for(pid);
	ck_assert_uint_eq(vmm_sharers_count(), 1);
	ck_assert_ptr_null(vmm_sharers_begin());
	ck_assert_uint_eq(vmm_sharers_count(), 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sharers");
	TCase *cases = tcase_create("all");

	tcase_add_test(cases, children);
	tcase_add_test(cases, fork_failed);
	tcase_add_test(cases, parent);
	tcase_add_test(cases, no_marker);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
