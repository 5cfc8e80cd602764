/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program that gives up all system calls except those that the memory of a C
 * library needs (seccomp) continues to allocate: if other calls end the
 * process, they are not made; if they are refused, that does not count as a
 * lack of memory. The same holds in a child, since servers confine their
 * workers.
 */
#include "fork.h"
#include "parts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define BLOCKS 64

/* Some have another name in newer C libraries and on 32-bit machines. */
static const int allowed[] = {
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_mmap2
	SYS_mmap2, SYS_fstat64, SYS_fstatat64, SYS_statx /* fstat(3) */,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64, SYS_futex_time64,
#endif
	SYS_read, SYS_write, SYS_close, SYS_fstat, SYS_exit, SYS_exit_group,
	SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_brk,
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_futex,
	SYS_clock_gettime, SYS_getpid, SYS_gettid, SYS_sched_yield,
	SYS_getrandom, SYS_madvise, /* last: the strictest sandbox lacks it */
};

#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))

/* Allows the first n calls of the list; all others get what otherwise says. */
static void
enter(size_t n, unsigned int otherwise)
{
	struct sock_filter filter[2 * ALLOWED + 2];
	struct sock_fprog program = { 0, filter };

	filter[program.len++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < n; i++) {
		filter[program.len++] =
			(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
				(unsigned int)allowed[i], 0, 1);
		filter[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	filter[program.len++] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		test_skip("no system call filters here");
}

/*
 * Blocks up to several MiB, some of which grow. Reports failures with write().
 */
static void
allocate(void)
{
	static void *blocks[BLOCKS];
	static size_t sizes[BLOCKS];
	uint64_t state = 3;

	for (unsigned int i = 0; i < 3000; i++) {
		unsigned int k = test_random(&state) % BLOCKS;
		size_t size = test_random_size(
			&state, i % 10 == 0 ? 4 * MIB : (size_t)20000);

		CHECK(test_is_filled(blocks[k], sizes[k], k));
		if (i % 4 == 0) {
			blocks[k] = realloc(blocks[k], size);
			CHECK(blocks[k] != NULL);
			CHECK(test_is_filled(blocks[k],
				sizes[k] < size ? sizes[k] : size, k));
		} else {
			free(blocks[k]);
			blocks[k] = i % 3 == 0 ? calloc(1, size) : malloc(size);
			CHECK(blocks[k] != NULL);
		}
		test_fill(blocks[k], size, k);
		sizes[k] = size;
	}
	for (unsigned int k = 0; k < BLOCKS; k++) {
		free(blocks[k]);
		blocks[k] = NULL;
		sizes[k] = 0;
	}
}

static void
confined(size_t n, unsigned int otherwise)
{
	free(malloc(100000));
	enter(n, otherwise);
	allocate();
}

static void
confined_child(size_t n, unsigned int otherwise)
{
	for (unsigned int i = 0; i < 2; i++) {
		pid_t pid = fork_checked();

		if (pid == 0) {
			confined(n, otherwise);
			_exit(0);
		}
		wait_checked(pid);
		allocate();
	}
}

/*
 * Refuses the call by which a copy for a child is made (mode 2): there is
 * another way.
 */
static void
refuses_copying(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
		filter };

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		test_skip("no system call filters here");
	for (unsigned int i = 0; i < 3; i++) {
		char *block = malloc(3 * MIB);
		pid_t pid;

		CHECK(block != NULL);
		test_fill(block, 3 * MIB, i);
		pid = fork_checked();
		if (pid == 0) {
			CHECK(test_is_filled(block, 3 * MIB, i));
			test_fill(block, 3 * MIB, 100 + i);
			allocate();
			_exit(0);
		}
		wait_checked(pid);
		CHECK(test_is_filled(block, 3 * MIB, i));
		free(block);
	}
}

#define PAIR(name, n, otherwise)              \
	static void name(void)                \
	{                                     \
		confined(n, otherwise);       \
	}                                     \
	static void name##_child(void)        \
	{                                     \
		confined_child(n, otherwise); \
	}

PAIR(kills, ALLOWED, SECCOMP_RET_KILL_PROCESS)
PAIR(refuses_eperm, ALLOWED, SECCOMP_RET_ERRNO | EPERM)
PAIR(refuses_enosys, ALLOWED, SECCOMP_RET_ERRNO | ENOSYS)
PAIR(strict_eperm, ALLOWED - 1, SECCOMP_RET_ERRNO | EPERM)
PAIR(strict_enosys, ALLOWED - 1, SECCOMP_RET_ERRNO | ENOSYS)

int
main(int argc, char **argv)
{
	static const struct part parts[] = {
		{ "copying", refuses_copying, NULL },
		{ "kills", kills, NULL },
		{ "kills-child", kills_child, NULL },
		{ "eperm", refuses_eperm, NULL },
		{ "eperm-child", refuses_eperm_child, NULL },
		{ "enosys", refuses_enosys, NULL },
		{ "enosys-child", refuses_enosys_child, NULL },
		{ "strict-eperm", strict_eperm, NULL },
		{ "strict-eperm-child", strict_eperm_child, NULL },
		{ "strict-enosys", strict_enosys, NULL },
		{ "strict-enosys-child", strict_enosys_child, NULL },
	};

	return PARTS_RUN(argc, argv, parts);
}
