/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file of the heap profile; see profile_file.h. It is the text that
 * gperftools and Go's runtime write, which pprof reads: for each stack the live
 * blocks and bytes and, in brackets, those that were allocated. They are
 * estimates for all blocks, not counts of samples, and therefore the kind is
 * "heapprofile", which pprof does not scale. Lines that begin with # are
 * comments to it; those in this file are described in vmmalloc-profile(1).
 */
#include "config.h"

#include "core/profile_file.h"

#include "base/format.h"
#include "base/hot.h"
#include "core/env.h"
#include "core/output.h"
#include "core/samples.h"
#include "os/futex.h"
#include "os/output.h"
#include "os/process.h"
#include "vmmalloc/backend.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_NAME "vmmalloc.%p.heap"
#define FORMAT_VERSION 1

/* Bytes that one call of put adds, at most. */
#define PIECE_MAX 1024

static const struct vmm_config *config VMM_HOT_DATA;
static const struct vmmalloc_backend *backend;
static char pattern[PATH_MAX];
static uint64_t start_ns;

/* Around the rest: a thread with a small stack may call exit(). */
static struct vmm_os_mutex writing;
static unsigned int dumps;
static char name[PATH_MAX + 32];
static struct {
	int fd;
	int err; /* of the first write that failed */
	size_t used;
	char text[16384];
} out;

void
vmm_profile_file_init(const struct vmm_config *the_config,
	const struct vmmalloc_backend *the_backend)
{
	size_t n = 0;

	config = the_config;
	backend = the_backend;
	start_ns = vmm_os_clock_ns();
	if (config->profile_file[0] != '\0') {
		vmm_format(
			pattern, sizeof(pattern), "%s", config->profile_file);
		return;
	}
	if (vmm_os_cwd(pattern, sizeof(pattern) - sizeof(DEFAULT_NAME)) == 0) {
		n = strlen(pattern);
		pattern[n++] = '/';
	}
	vmm_format(pattern + n, sizeof(pattern) - n, "%s", DEFAULT_NAME);
}

static void
flush(void)
{
	if (out.err == 0 &&
		vmm_os_output_write(out.fd, out.text, out.used) != 0)
		out.err = errno;
	out.used = 0;
}

__attribute__((format(printf, 1, 2))) static void
put(const char *fmt, ...)
{
	va_list ap;

	if (sizeof(out.text) - out.used < PIECE_MAX)
		flush();
	va_start(ap, fmt);
	out.used += vmm_format_va(
		out.text + out.used, sizeof(out.text) - out.used, fmt, ap);
	va_end(ap);
}

static unsigned long long
blocks_of(struct vmm_amount amount)
{
	return (amount.blocks + (1 << (VMM_AMOUNT_SHIFT - 1))) >>
		VMM_AMOUNT_SHIFT;
}

static void
put_amounts(const struct vmm_site *site)
{
	put("%llu: %llu [%llu: %llu] @", blocks_of(site->live),
		(unsigned long long)site->live.bytes,
		blocks_of(site->allocated),
		(unsigned long long)site->allocated.bytes);
}

static void
put_site(const struct vmm_site *site)
{
	struct vmm_site now;

	vmm_samples_copy(&now, site);
	if (now.live.blocks == 0 && now.allocated.blocks == 0)
		return;
	put_amounts(&now);
	for (size_t i = 0; i < site->depth; i++)
		put(" %p", (void *)site->stack[i]);
	put("\n# freed");
	for (int i = 0; i < VMM_LIFETIMES; i++)
		put(" %llu:%llu", blocks_of(now.freed[i]),
			(unsigned long long)now.freed[i].bytes);
	put("\n");
}

static void
add(struct vmm_amount *to, const struct vmm_amount *amount)
{
	to->blocks += amount->blocks;
	to->bytes += amount->bytes;
}

/* All sites together, on the first line. */
static void
put_total(void)
{
	struct vmm_site sum = { .live = { 0, 0 } }, now;

	for (const struct vmm_site *site = vmm_samples_newest(); site != NULL;
		site = site->older) {
		vmm_samples_copy(&now, site);
		add(&sum.live, &now.live);
		add(&sum.allocated, &now.allocated);
	}
	put("heap profile: ");
	put_amounts(&sum);
	put(" heapprofile\n");
}

/* Writes the file. 0, or -1 with errno. Called with writing locked. */
static int
write_file(void)
{
	out.fd = vmm_output_open(name, VMMALLOC_PROFILE_FILE_VAR);
	if (out.fd < 0)
		return -1;
	out.err = 0;
	put_total();
	put("# vmmalloc profile %d\n", FORMAT_VERSION);
	put("# rate %zu\n", config->profile);
	put("# backend %.200s\n", backend->name);
	put("# pid %d\n", (int)getpid());
	put("# ms %llu\n",
		(unsigned long long)(vmm_os_clock_ns() - start_ns) / 1000000);
	put("# lost %llu\n", (unsigned long long)vmm_samples_lost());
	for (const struct vmm_site *site = vmm_samples_newest(); site != NULL;
		site = site->older)
		put_site(site);
	put("\nMAPPED_LIBRARIES:\n");
	flush();
	if (out.err == 0 && vmm_os_output_maps(out.fd) != 0)
		out.err = errno;
	vmm_os_output_close(out.fd);
	errno = out.err;
	return out.err == 0 ? 0 : -1;
}

int
vmm_profile_dump(void)
{
	size_t n;
	int r;

	if (config == NULL) {
		errno = ENOENT;
		return -1;
	}
	if (!vmm_os_mutex_try_lock(&writing)) {
		errno = EBUSY;
		return -1;
	}
	vmm_output_name(name, sizeof(name) - 16, pattern);
	n = strlen(name);
	vmm_format(name + n, sizeof(name) - n, ".%u", ++dumps);
	r = write_file();
	vmm_os_mutex_unlock(&writing);
	return r;
}

VMM_HOT_CODE void
vmm_profile_file_forked(void)
{
	if (config == NULL)
		return;
	writing = (struct vmm_os_mutex){ 0 };
	dumps = 0;
}

VMM_HOT_CODE __attribute__((destructor)) static void
write_at_exit(void)
{
	/* a signal handler that called exit() may hold a lock already */
	if (config == NULL || vmm_samples_is_locked_by_me() ||
		!vmm_os_mutex_try_lock(&writing))
		return;
	vmm_output_name(name, sizeof(name), pattern);
	(void)write_file();
	vmm_os_mutex_unlock(&writing);
}
