/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing the file of a trace; see file.h. No allocation here. */
#include "config.h"

/* for contexts in memory that the caller provides */
#define ZSTD_STATIC_LINKING_ONLY

#include "backends/record/file.h"

#include "backends/record/modules.h"
#include "base/format.h"
#include "base/linux_sys.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <zstd.h>

#define LEVEL 1
#define FD_MIN 512     /* programs use low numbers */
#define NAMES_MAX 1000 /* FILE, FILE.2, ... of one process that calls exec */

static struct {
	char pattern[PATH_MAX];
	char backend[64];
	pid_t first;
	size_t context_size;
	size_t out_size;
	struct {
		void *context;	   /* memory of zstd's context */
		uint8_t *out;	   /* a chunk */
	} packer[VMM_PACKERS + 1]; /* the last one is for stacks */
	uint8_t *modules;
} constant;

static struct {
	char path[PATH_MAX + 32];
	int fd; /* -1: not open */
	dev_t dev;
	ino_t inode;
	pid_t pid;
	pid_t parent; /* 0 if this process is not the child of a fork */
	bool has_failed;
	bool is_made;
	uint64_t modules; /* a hash of those that were written last */
	ZSTD_CCtx *zstd[VMM_PACKERS + 1];
} file;

static void *
map(size_t size)
{
	void *at = vmm_sys_mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at != MAP_FAILED ? at : NULL;
}

int
vmm_record_file_init(const char *pattern, pid_t first, const char *backend)
{
	size_t size = ZSTD_estimateCCtxSize(LEVEL);

	if (strlen(pattern) >= sizeof(constant.pattern)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(constant.pattern, pattern);
	vmm_format(constant.backend, sizeof(constant.backend), "%s", backend);
	constant.first = first;
	constant.context_size = size;
	constant.out_size = VMM_TRACE_CHUNK_HEAD +
		VMM_TRACE_COLUMNS * ZSTD_compressBound(VMM_TRACE_COLUMN_MAX);
	for (int i = 0; i <= VMM_PACKERS; i++) {
		constant.packer[i].context = map(size);
		constant.packer[i].out = map(constant.out_size);
		if (constant.packer[i].context == NULL ||
			constant.packer[i].out == NULL)
			return -1;
	}
	constant.modules = map(VMM_TRACE_HEAD + VMM_MODULES_SIZE);
	return constant.modules != NULL ? 0 : -1;
}

/* Whether the program has not closed the descriptor, or used it for another. */
static bool
is_open(void)
{
	struct stat st;

	return file.fd >= 0 && vmm_sys_fstat(file.fd, &st) == 0 &&
		st.st_dev == file.dev && st.st_ino == file.inode;
}

void
vmm_record_file_begin(bool is_child)
{
	pid_t parent = file.pid;

	/* the parent's descriptor stays open in the child: close it */
	if (is_child && is_open())
		vmm_sys_close(file.fd);
	memset(&file, 0, sizeof(file));
	file.fd = -1;
	file.pid = getpid();
	file.parent = is_child ? parent : 0;
	for (int i = 0; i <= VMM_PACKERS; i++) {
		file.zstd[i] = ZSTD_initStaticCCtx(
			constant.packer[i].context, constant.context_size);
		file.has_failed = file.has_failed || file.zstd[i] == NULL;
	}
}

static void
fail(const char *what)
{
	char text[PATH_MAX + 200];
	int err = errno;

	vmm_format(text, sizeof(text),
		"vmmalloc record: cannot %s '%.300s' (%s %d): the recording of "
		"process %d ends here\n",
		what, file.path,
		err == ENOSPC		? "no space left, errno"
			: err == EDQUOT ? "quota used up, errno"
					: "errno",
		err, (int)file.pid);
	(void)!vmm_sys_write(STDERR_FILENO, text, strlen(text));
	__atomic_store_n(&file.has_failed, true, __ATOMIC_RELAXED);
}

/* The k-th name for this process: %p is its number. */
static void
make_name(int k)
{
	const char *from = constant.pattern;
	size_t size = sizeof(file.path);
	size_t n = 0;
	bool has_number = false;

	for (; *from != '\0' && n < size - 1; from++) {
		if (from[0] == '%' && from[1] == 'p') {
			n += vmm_format(
				file.path + n, size - n, "%d", (int)file.pid);
			has_number = true;
			from++;
		} else {
			file.path[n++] = *from;
		}
	}
	file.path[n < size ? n : size - 1] = '\0';
	if (n >= size)
		return;
	if (!has_number && file.pid != constant.first)
		n += vmm_format(file.path + n, size - n, ".%d", (int)file.pid);
	if (k > 1 && n < size)
		vmm_format(file.path + n, size - n, ".%d", k);
}

/*
 * Moves the descriptor out of the way of programs that expect the lowest number
 * to be free.
 */
static int
keep(int fd)
{
	int high = vmm_sys_fcntl(fd, F_DUPFD_CLOEXEC, FD_MIN);
	struct stat st;

	if (high >= 0) {
		vmm_sys_close(fd);
		fd = high;
	}
	if (vmm_sys_fstat(fd, &st) != 0) {
		vmm_sys_close(fd);
		return -1;
	}
	file.fd = fd;
	file.dev = st.st_dev;
	file.inode = st.st_ino;
	return 0;
}

static int
write_all(const uint8_t *from, size_t n)
{
	while (n > 0) {
		ssize_t done = vmm_sys_write(file.fd, from, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		from += done;
		n -= (size_t)done;
	}
	return 0;
}

static size_t
read_command(char *to, size_t size)
{
	int fd = vmm_sys_open(
		AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
	ssize_t n = -1;

	if (fd >= 0) {
		n = vmm_sys_read(fd, to, size - 1);
		vmm_sys_close(fd);
	}
	if (n < 1)
		n = 1;
	to[n - 1] = '\0';
	for (ssize_t i = 0; i < n - 1; i++) {
		if (to[i] == '\0' || to[i] == '\n')
			to[i] = ' ';
	}
	return (size_t)n;
}

static int
write_info(void)
{
	char command[1024];
	uint8_t out[VMM_TRACE_HEAD + 2048];
	size_t n;

	read_command(command, sizeof(command));
	n = vmm_format((char *)out + VMM_TRACE_HEAD,
		sizeof(out) - VMM_TRACE_HEAD,
		"format=%d\nversion=%s\npid=%d\nparent=%d\nbackend=%s\n"
		"command=%s\n",
		VMM_TRACE_VERSION, PACKAGE_VERSION, (int)file.pid,
		(int)file.parent, constant.backend, command);
	vmm_trace_seal(out, VMM_TRACE_INFO, VMM_TRACE_HEAD + n);
	return write_all(out, VMM_TRACE_HEAD + n);
}

static int
make(void)
{
	int fd = -1;

	for (int k = 1; fd < 0 && k <= NAMES_MAX; k++) {
		make_name(k);
		fd = vmm_sys_open(AT_FDCWD, file.path,
			O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC,
			0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0 || keep(fd) != 0) {
		fail("create");
		return -1;
	}
	file.is_made = true;
	if (write_info() == 0)
		return 0;
	fail("write to");
	return -1;
}

static int
open_file(void)
{
	int fd;

	if (file.has_failed)
		return -1;
	if (!file.is_made)
		return make();
	if (is_open())
		return 0;
	fd = vmm_sys_open(
		AT_FDCWD, file.path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
	if (fd >= 0 && keep(fd) == 0)
		return 0;
	fail("open");
	return -1;
}

size_t
vmm_record_file_pack(int packer, struct vmm_trace_chunk *chunk,
	const uint8_t *columns, size_t distance)
{
	uint8_t *out = constant.packer[packer].out;
	size_t n = VMM_TRACE_CHUNK_HEAD;

	if (__atomic_load_n(&file.has_failed, __ATOMIC_RELAXED))
		return 0;
	for (int i = 0; i < VMM_TRACE_COLUMNS; i++) {
		size_t packed;

		chunk->column[i].packed = 0;
		if (chunk->column[i].raw == 0)
			continue;
		packed = ZSTD_compressCCtx(file.zstd[packer], out + n,
			constant.out_size - n, columns + (size_t)i * distance,
			chunk->column[i].raw, LEVEL);

		if (ZSTD_isError(packed))
			return 0;
		chunk->column[i].packed = (uint32_t)packed;
		n += packed;
	}
	vmm_trace_put_chunk(out, chunk);
	vmm_trace_seal(out, VMM_TRACE_CHUNK, n);
	return n;
}

static void
append(const uint8_t *from, size_t size)
{
	if (size == 0 || open_file() != 0)
		return;
	if (write_all(from, size) != 0)
		fail("write to");
}

void
vmm_record_file_write(int packer, size_t size)
{
	append(constant.packer[packer].out, size);
}

static void
write_modules(void)
{
	uint8_t *out = constant.modules;
	size_t n = vmm_modules_get((char *)out + VMM_TRACE_HEAD);
	uint64_t hash = vmm_trace_hash(out + VMM_TRACE_HEAD, n);

	if (n == 0 || hash == file.modules)
		return;
	vmm_trace_seal(out, VMM_TRACE_MODULES, VMM_TRACE_HEAD + n);
	append(out, VMM_TRACE_HEAD + n);
	file.modules = hash;
}

void
vmm_record_file_write_stacks(
	uint32_t first, uint32_t n, const uint8_t *column, size_t size)
{
	uint8_t *out = constant.packer[VMM_PACKERS].out;
	size_t packed;

	if (file.has_failed)
		return;
	write_modules();
	packed = ZSTD_compressCCtx(file.zstd[VMM_PACKERS],
		out + VMM_TRACE_STACK_HEAD,
		constant.out_size - VMM_TRACE_STACK_HEAD, column, size, LEVEL);
	if (ZSTD_isError(packed))
		return;
	vmm_trace_put(out + 16, VMM_TRACE_VERSION, 2);
	vmm_trace_put(out + 18, 0, 2);
	vmm_trace_put(out + 20, first, 4);
	vmm_trace_put(out + 24, n, 4);
	vmm_trace_put(out + 28, size, 4);
	vmm_trace_seal(out, VMM_TRACE_STACK, VMM_TRACE_STACK_HEAD + packed);
	append(out, VMM_TRACE_STACK_HEAD + packed);
}
