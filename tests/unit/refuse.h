/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls that the kernel refuses from now on, as an older one would. */
#ifndef UNIT_REFUSE_H
#define UNIT_REFUSE_H

#include "tests/unit/unit.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

#define UNIT_ANY (-1L)

/* A little-endian machine has the low half of an argument first. */
#define UNIT_ARGUMENT(n)                                        \
	(unsigned int)(offsetof(struct seccomp_data, args[n]) + \
		(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

/*
 * Calls number nr of this process, whose third argument is what is given unless
 * that is UNIT_ANY, fail with err. Returns false if the system does not permit
 * filters.
 */
static inline bool
unit_refuse(int nr, long third, int err)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, UNIT_ARGUMENT(2)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)third, 0, 1),
		BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
		filter };

	if (third == UNIT_ANY) { /* whatever the argument is */
		filter[3].jf = 0;
		filter[3].jt = 0;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif /* UNIT_REFUSE_H */
