/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of a running process; what they need is in process.h. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/elf_file.h"
#include "cli/doctor/process.h"
#include "libvmmalloc.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODES_MAX 64
#define NEARLY_FULL 90 /* percent */

#define ADD(id, result, ...)                                                  \
	vmm_findings_add(findings, VMM_FIND_PROCESS##id, VMM_RESULT_##result, \
		__VA_ARGS__)

/* Whether the program has a malloc of its own, which goes before the library's.
 */
static bool
has_malloc(pid_t pid)
{
	char *path = vmm_text("/proc/%ld/exe", (long)pid);
	struct vmm_elf elf;
	bool result = false;

	if (vmm_elf_open(&elf, path) == 0) {
		result = vmm_elf_defines(&elf, "malloc");
		vmm_elf_close(&elf);
	}
	free(path);
	return result;
}

static void
check_live(struct vmm_findings *findings, const struct vmm_process *p)
{
	ADD(_LIBRARY, OK, "%s", p->library);
	if (p->plugin == NULL)
		ADD(_LIVE, ERROR,
			"the backend %s is not loaded: the heap is not in a "
			"pool",
			vmm_process_getenv(
				p, VMMALLOC_BACKEND_VAR, VMM_DEFAULT_BACKEND));
	else if (has_malloc(p->pid))
		ADD(_LIVE, ERROR,
			"the program defines malloc, which is used instead of "
			"the library's");
	else
		ADD(_LIVE, OK, "backend %s", p->plugin);
}

/* Bytes of the pool's file that the file system holds; 0: not known. */
static uint64_t
find_backed(const struct vmm_process *p)
{
	char *dir = vmm_text("/proc/%ld/fd", (long)p->pid);
	DIR *list = opendir(dir);
	struct dirent *entry;
	uint64_t bytes = 0;

	while (bytes == 0 && list != NULL && (entry = readdir(list)) != NULL) {
		char *path = vmm_text("%s/%s", dir, entry->d_name);
		char target[PATH_MAX];
		ssize_t n = readlink(path, target, sizeof(target) - 1);
		struct stat st;

		target[n > 0 ? n : 0] = '\0';
		if (strcmp(target, p->pool) == 0 && stat(path, &st) == 0)
			bytes = (uint64_t)st.st_blocks * 512;
		free(path);
	}
	if (list != NULL)
		closedir(list);
	free(dir);
	return bytes;
}

/* A line about all places; a warning if the last one is nearly full. */
static void
check_places(struct vmm_findings *findings, const struct vmm_process *p)
{
	enum vmm_result result = VMM_RESULT_OK;
	char *all = vmm_text("%s", "");

	for (unsigned int i = 0; i < p->n_places; i++) {
		const struct vmm_process_place *place = &p->place[i];
		char has[VMM_DOCTOR_BYTES], of[VMM_DOCTOR_BYTES];
		uint64_t size = place->end - place->start;
		char *longer;

		if (size == 0)
			continue;
		if (i + 1 == p->n_places &&
			place->bytes * 100 / size >= NEARLY_FULL)
			result = VMM_RESULT_WARNING;
		longer = vmm_text("%s%s%s: %s of %s", all, i > 0 ? ", " : "",
			place->text, vmm_doctor_bytes(has, place->bytes),
			vmm_doctor_bytes(of, size));
		free(all);
		all = longer;
	}
	vmm_findings_add(findings, VMM_FIND_PROCESS_POOL, result,
		"in memory of %s", all);
	free(all);
}

static void
check_pool(struct vmm_findings *findings, const struct vmm_process *p)
{
	char has[VMM_DOCTOR_BYTES], of[VMM_DOCTOR_BYTES];
	uint64_t used = p->shared + p->private + p->anonymous;
	uint64_t backed, percent;

	if (p->n_places > 0 && p->place[0].start != 0) {
		check_places(findings, p);
		return;
	}
	if (p->pool == NULL || p->start == 0) {
		ADD(_POOL, WARNING,
			"no file in %s is mapped: the heap is in ordinary "
			"memory",
			vmm_process_getenv(p, VMMALLOC_POOL_DIR_VAR, "?"));
		return;
	}
	backed = find_backed(p);
	if (backed > used)
		used = backed;
	percent = used * 100 / (p->end - p->start);
	vmm_findings_add(findings, VMM_FIND_PROCESS_POOL,
		percent < NEARLY_FULL ? VMM_RESULT_OK : VMM_RESULT_WARNING,
		"%s: %s of %s (%" PRIu64 "%%) are backed with memory", p->pool,
		vmm_doctor_bytes(has, used),
		vmm_doctor_bytes(of, p->end - p->start), percent);
}

static void
check_fork(struct vmm_findings *findings, const struct vmm_process *p)
{
	char text[VMM_DOCTOR_BYTES];
	const char *mode = vmm_process_getenv(p, VMMALLOC_FORK_VAR, "1");

	if (p->is_in_memory)
		ADD(_FORK, OK,
			"the pool is memory: a fork is the kernel's own, in "
			"every mode");
	else if (p->is_private)
		ADD(_FORK, WARNING,
			"mode %s, and the heap has become private at a fork: "
			"%s of it are in ordinary memory, not in the pool's "
			"file",
			mode, vmm_doctor_bytes(text, p->anonymous));
	else
		ADD(_FORK, OK, "mode %s; the heap is in the pool's file", mode);
}

/* Adds up "N3=17" of a line of numa_maps, in pages of its size. */
static void
count_nodes(char *line, uint64_t bytes[NODES_MAX])
{
	const char *size = strstr(line, "kernelpagesize_kB=");
	uint64_t page =
		size != NULL ? strtoull(size + 18, NULL, 10) << 10 : 4096;
	char *word;

	while ((word = strsep(&line, " ")) != NULL) {
		unsigned int node;
		uint64_t pages;

		if (sscanf(word, "N%u=%" SCNu64, &node, &pages) == 2 &&
			node < NODES_MAX)
			bytes[node] += pages * page;
	}
}

static void
check_nodes(struct vmm_findings *findings, const struct vmm_process *p)
{
	char *maps = vmm_process_read_file(p->pid, "numa_maps");
	uint64_t bytes[NODES_MAX] = { 0 };
	char *all = vmm_text("%s", "");
	char *rest = maps;
	char *line;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		uintptr_t at = (uintptr_t)strtoull(line, NULL, 16);

		if (at >= p->start && at < p->end)
			count_nodes(line, bytes);
	}
	for (int node = 0; node < NODES_MAX; node++) {
		char text[VMM_DOCTOR_BYTES];
		char *longer;

		if (bytes[node] == 0)
			continue;
		longer = vmm_text("%s%snode %d: %s", all,
			all[0] != '\0' ? ", " : "", node,
			vmm_doctor_bytes(text, bytes[node]));
		free(all);
		all = longer;
	}
	if (all[0] != '\0')
		ADD(_NODES, OK, "%s", all);
	free(all);
	free(maps);
}

static void
check_huge(struct vmm_findings *findings, const struct vmm_process *p)
{
	uint64_t used = p->shared + p->private + p->anonymous;
	char has[VMM_DOCTOR_BYTES], of[VMM_DOCTOR_BYTES];

	ADD(_HUGE, OK, "%s of %s in memory", vmm_doctor_bytes(has, p->huge),
		vmm_doctor_bytes(of, used));
}

void
vmm_doctor_check_process(struct vmm_findings *findings, pid_t pid)
{
	struct vmm_process p;

	if (vmm_process_read(&p, pid) != 0) {
		vmm_findings_add(findings, VMM_FIND_PROCESS, VMM_RESULT_ERROR,
			"process %ld cannot be examined: %s", (long)pid,
			strerror(errno));
		return;
	}
	vmm_findings_add(findings, VMM_FIND_PROCESS, VMM_RESULT_OK,
		"process %ld", (long)pid);
	if (p.library == NULL) {
		ADD(_LIBRARY, ERROR, "libvmmalloc is not loaded");
	} else {
		check_live(findings, &p);
		if (p.plugin != NULL)
			check_pool(findings, &p);
		if (p.start != 0) {
			check_fork(findings, &p);
			check_nodes(findings, &p);
			check_huge(findings, &p);
		}
	}
	vmm_process_free(&p);
}
