# SPDX-License-Identifier: BSD-3-Clause
# A file system without O_TMPFILE, simulated by a seccomp filter that refuses
# it: the pool's file has a name for a moment, which the debug variant logs, and
# then is like any other: out of reach, removed, and copied at fork.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

cat >"$scratch/refuse.c" <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* refuse ERRNO COMMAND...: openat with O_TMPFILE fails, of COMMAND's. */
int
main(int argc, char **argv)
{
	const unsigned int tmpfile = O_TMPFILE & ~O_DIRECTORY;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, tmpfile, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			SECCOMP_RET_ERRNO | (unsigned int)atoi(argv[1])),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 6, filter };

	if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return 77;
	execvp(argv[2], argv + 2);
	return 99;
}
END
$TEST_CC -o "$scratch/refuse" "$scratch/refuse.c" || exit 99
"$scratch/refuse" 95 true
test $? != 77 || skip "no seccomp filters here"

# run VARIANT COMMAND...
run()
{
	variant=$1
	shift
	under="$scratch/refuse $errno"
	preload native 64M \
		LD_PRELOAD="$TEST_BUILDDIR/$variant/libvmmalloc.so.1" "$@"
}

# EOPNOTSUPP, EISDIR, EINVAL, ENOENT: from various kernels and file systems;
# ENOSYS: from the sandbox of man.
for errno in 95 21 22 2 38; do
	text=$(umask 0 && run .libs find -L /proc/self/fd -maxdepth 1 \
		-type f -links 0 -printf '%m %s\n' 2>/dev/null)
	test "$text" = "600 67108864" ||
		fail "mode and size of the pool file, error $errno: $text"
	test -z "$(ls -A "$pool")" || fail "left behind: $(ls -A "$pool")"
done
errno=95
VMMALLOC_LOG_LEVEL=3 run debug/.libs true 2>"$scratch/log"
grep -qE "<3> .* unlinked file is \"$pool/vmem\.[A-Za-z0-9]{6}\"\$" \
	"$scratch/log" || fail "no name in the log: $(cat "$scratch/log")"
VMMALLOC_FORK=2 run .libs "$TEST_BUILDDIR/tests/preload/fork-private" ||
	fail "fork in mode 2: exit status $?"
# another errno is an error
errno=13
run .libs true 2>"$scratch/err"
test $? = 127 || fail "EACCES is not the end"
test -z "$(ls -A "$pool")" || fail "left behind: $(ls -A "$pool")"
finish
