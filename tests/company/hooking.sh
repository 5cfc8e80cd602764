# SPDX-License-Identifier: BSD-3-Clause
# A second preloaded library hooks functions that a heap may call itself, and
# allocates in its hooks, like libraries that fake the time, the root directory
# or the user: when it looks up the next function, or at every call. In both
# orders of the two libraries, programs run, grow, shrink and fork.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
under="timeout 20"

# A hook allocates in each call if ALWAYS is defined, otherwise only in its
# first call, which looks up the next function.
cat >"$scratch/hook.h" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static __thread int depth __attribute__((tls_model("initial-exec")));

static void
allocate(void)
{
	static __thread void *kept[32]
		__attribute__((tls_model("initial-exec")));
	static __thread unsigned int n
		__attribute__((tls_model("initial-exec")));
	size_t size = n % 8 == 0 ? 300000 : 3000 + n % 50 * 90;

	free(kept[n % 32]);
	kept[n++ % 32] = malloc(size);
	free(calloc(3, 100));
}

#ifdef STRICT /* if the heap calls the hook, and so itself, the program ends */
static __thread int inside __attribute__((tls_model("initial-exec")));

static void
allocate_once(void)
{
	if (inside++)
		abort();
	allocate();
	inside--;
}
#define BEFORE(next) (depth++, allocate_once())
#elif defined(ALWAYS)
#define BEFORE(next) (depth++ == 0 ? allocate() : (void)0)
#else
#define BEFORE(next) (depth++ == 0 && !next ? allocate() : (void)0)
#endif

/* A hook of the function NAME, with these parameters, called with these. */
#define HOOK(type, name, parameters, arguments)                          \
	type name parameters                                             \
	{                                                                \
		static type(*next) parameters;                           \
		type result;                                             \
		BEFORE(next);                                            \
		if (!next) {                                             \
			if (depth == 1)                                  \
				dlsym(RTLD_NEXT, "no_such_function");    \
			next = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
		}                                                        \
		result = next arguments;                                 \
		depth--;                                                 \
		return result;                                           \
	}
/* The same for what takes one more argument after LAST, or none. */
#define HOOK_VARIADIC(name, parameters, last, arguments)                 \
	int name parameters                                              \
	{                                                                \
		static int(*next) parameters;                            \
		va_list list;                                            \
		long argument;                                           \
		int result;                                              \
		va_start(list, last);                                    \
		argument = va_arg(list, long);                           \
		va_end(list);                                            \
		BEFORE(next);                                            \
		if (!next)                                               \
			next = (int(*) parameters)dlsym(RTLD_NEXT, #name); \
		result = next arguments;                                 \
		depth--;                                                 \
		return result;                                           \
	}
END

cat >"$scratch/files.c" <<'END'
#include "hook.h"
HOOK(int, fstat, (int fd, struct stat *b), (fd, b))
HOOK(int, stat, (const char *p, struct stat *b), (p, b))
HOOK(int, fstat64, (int fd, struct stat64 *b), (fd, b))
HOOK(int, stat64, (const char *p, struct stat64 *b), (p, b))
HOOK(int, statfs, (const char *p, struct statfs *b), (p, b))
HOOK(int, fstatfs, (int fd, struct statfs *b), (fd, b))
HOOK(int, fstatfs64, (int fd, struct statfs64 *b), (fd, b))
HOOK(int, statvfs, (const char *p, struct statvfs *b), (p, b))
HOOK(int, fstatvfs, (int fd, struct statvfs *b), (fd, b))
HOOK(int, ftruncate, (int fd, off_t n), (fd, n))
HOOK(int, ftruncate64, (int fd, off64_t n), (fd, n))
HOOK(int, fallocate, (int fd, int m, off_t o, off_t n), (fd, m, o, n))
HOOK(int, fallocate64, (int fd, int m, off64_t o, off64_t n), (fd, m, o, n))
HOOK(int, posix_fallocate, (int fd, off_t o, off_t n), (fd, o, n))
HOOK(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
HOOK(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t o),
	(fd, b, n, o))
HOOK(ssize_t, read, (int fd, void *b, size_t n), (fd, b, n))
HOOK(int, close, (int fd), (fd))
HOOK(int, access, (const char *p, int m), (p, m))
HOOK(int, unlink, (const char *p), (p))
HOOK(char *, getcwd, (char *b, size_t n), (b, n))
HOOK_VARIADIC(open, (const char *p, int f, ...), f, (p, f, argument))
HOOK_VARIADIC(open64, (const char *p, int f, ...), f, (p, f, argument))
HOOK_VARIADIC(openat, (int d, const char *p, int f, ...), f, (d, p, f, argument))
HOOK_VARIADIC(openat64, (int d, const char *p, int f, ...), f,
	(d, p, f, argument))
HOOK_VARIADIC(fcntl, (int fd, int c, ...), c, (fd, c, argument))
HOOK_VARIADIC(fcntl64, (int fd, int c, ...), c, (fd, c, argument))
END
cat >"$scratch/limits.c" <<'END'
#include "hook.h"
HOOK(int, getrlimit, (__rlimit_resource_t r, struct rlimit *l), (r, l))
HOOK(int, getrlimit64, (__rlimit_resource_t r, struct rlimit64 *l), (r, l))
HOOK(long, sysconf, (int name), (name))
HOOK(uid_t, getuid, (void), ())
HOOK(uid_t, geteuid, (void), ())
END
cat >"$scratch/memory.c" <<'END'
#include "hook.h"
HOOK(void *, mmap, (void *a, size_t n, int p, int f, int fd, off_t o),
	(a, n, p, f, fd, o))
HOOK(void *, mmap64, (void *a, size_t n, int p, int f, int fd, off64_t o),
	(a, n, p, f, fd, o))
HOOK(int, munmap, (void *a, size_t n), (a, n))
HOOK(int, mprotect, (void *a, size_t n, int p), (a, n, p))
HOOK(int, madvise, (void *a, size_t n, int v), (a, n, v))
END
cat >"$scratch/time.c" <<'END'
#include "hook.h"
HOOK(int, clock_gettime, (clockid_t c, struct timespec *t), (c, t))
HOOK(time_t, time, (time_t *t), (t))
HOOK(int, nanosleep, (const struct timespec *t, struct timespec *l), (t, l))
END
cat >"$scratch/threads.c" <<'END'
#include "hook.h"
#ifndef ALWAYS /* backends hold mutexes of their own, as any heap does */
HOOK(int, pthread_mutex_lock, (pthread_mutex_t *m), (m))
HOOK(int, pthread_mutex_unlock, (pthread_mutex_t *m), (m))
HOOK(int, pthread_mutex_trylock, (pthread_mutex_t *m), (m))
#endif
HOOK(int, pthread_setspecific, (pthread_key_t k, const void *v), (k, v))
HOOK(int, pthread_key_create, (pthread_key_t *k, void (*d)(void *)), (k, d))
HOOK(int, pthread_sigmask, (int h, const sigset_t *s, sigset_t *o), (h, s, o))
HOOK(int, sched_yield, (void), ())
END

cat >"$scratch/program.c" <<'END'
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *
use(void *arg)
{
	static __thread void *blocks[1000];
	struct timespec now;
	struct stat st;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			blocks[i] = malloc(50000 + i);
			if (!blocks[i])
				_exit(2);
			memset(blocks[i], 1, 5000);
		}
		for (int i = 0; i < 1000; i++)
			free(blocks[i]);
		usleep(110000);
		clock_gettime(CLOCK_MONOTONIC, &now);
		stat("/", &st);
	}
	return arg;
}

int
main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, use, NULL) != 0)
		return 3;
	use(NULL);
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status = 1;

		if (pid == 0) {
			alarm(15);
			free(malloc(300000));
			use(NULL);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
			return 4;
	}
	pthread_join(thread, NULL);
	return 0;
}
END
$TEST_CC -O1 -fno-builtin -pthread -o "$scratch/program" \
	"$scratch/program.c" || exit 99

# run LIBRARIES: runs the program with these preloaded; returns its exit status
run()
{
	preload "$backend" 512M LD_PRELOAD="$1" VMMALLOC_FORK="$mode" \
		"$scratch/program" >"$scratch/out" 2>&1
}

for kind in files limits memory time threads; do
	for when in LOOK_UP ALWAYS; do
		hooks=$scratch/$kind-$when.so
		$TEST_CC -O1 -w -shared -fPIC -D$when -o "$hooks" \
			"$scratch/$kind.c" -ldl -pthread || exit 99
		# the hooks alone must do no harm
		timeout 20 env LD_PRELOAD="$hooks" "$scratch/program" || {
			echo "left out: hooks of $kind, $when, do not work here"
			continue
		}
		for backend in $TEST_BACKENDS; do
			mode=1
			test $kind != files || mode=2
			for libraries in "$hooks:$library" "$library:$hooks"; do
				cases=$((cases + 1))
				run "$libraries" && continue
				fail "status $?: hooks of $kind, $when," \
					"$backend, mode $mode, $libraries"
				head -n 3 "$scratch/out"
			done
		done
	done
done

# The core and native call none of these where they can make system calls of
# their own (base/linux_sys.h).
case $(uname -m) in
x86_64 | aarch64) strict='files limits memory time' ;;
*) strict= ;;
esac
backend=native
for kind in $strict; do
	hooks=$scratch/$kind-STRICT.so
	$TEST_CC -O1 -w -shared -fPIC -DSTRICT -o "$hooks" "$scratch/$kind.c" \
		-ldl -pthread || exit 99
	mode=1
	test $kind != files || mode=2
	for libraries in "$hooks:$library" "$library:$hooks"; do
		cases=$((cases + 1))
		run "$libraries" && continue
		fail "status $?: the heap calls hooks of $kind, $libraries"
	done
done
left=$(ls -A "$pool")
test -z "$left" || fail "left behind in the pool's directory: $left"
finish
