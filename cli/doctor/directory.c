/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Checks of the pool's directory. They try what the library does, on a file of
 * their own without a name.
 */
#include "config.h"

#include "base/places.h"
#include "cli/cli.h"
#include "cli/doctor/directory.h"
#include "cli/doctor/doctor.h"
#include "os/disk.h"
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 3
#endif
#ifndef MAP_SYNC
#define MAP_SYNC 0x80000 /* the same on all architectures but Alpha */
#endif

#define ADD(id, result, ...)                                  \
	vmm_findings_add(&t->doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

/* Reports how the library would create its file. Returns 0 if it can. */
static int
check_file(struct vmm_trial *t)
{
	char tmp_name[PATH_MAX];
	const char *why;

	if (vmm_os_backing_open(&t->backing, NULL, t->doctor->dir, tmp_name,
		    sizeof(tmp_name), &why) != 0) {
		ADD(DIRECTORY, ERROR, "no file can be created in %s: %s",
			t->doctor->dir, why != NULL ? why : strerror(errno));
		return -1;
	}
	if (t->backing.is_device)
		ADD(DIRECTORY, OK, "%s is a device DAX node", t->doctor->dir);
	else
		ADD(DIRECTORY, OK, "%s can be written to", t->doctor->dir);
	if (tmp_name[0] != '\0')
		ADD(FILE, WARNING,
			"the file system has no O_TMPFILE: the pool's file "
			"has a name for a moment");
	else if (!t->backing.is_device)
		ADD(FILE, OK, "the pool's file never has a name (O_TMPFILE)");
	return 0;
}

static int
check_mapping(struct vmm_trial *t)
{
	size_t size = t->size;

	errno = EFBIG; /* of a file that is made, but shorter */
	if (vmm_os_file_resize(&t->backing.file, &size) != 0 ||
		size < t->size) {
		ADD(MAPPING, WARNING, "no file of %zu bytes can be made: %s",
			t->size, strerror(errno));
		return -1;
	}
	t->map = mmap(NULL, t->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		t->backing.file.fd, 0);
	if (t->map == MAP_FAILED) {
		ADD(MAPPING, ERROR,
			"files in %s cannot be mapped for "
			"writing: %s",
			t->doctor->dir, strerror(errno));
		return -1;
	}
	ADD(MAPPING, OK, "files there can be mapped for writing");
	return 0;
}

static void
check_in_place(struct vmm_trial *t)
{
	if (t->backing.writes_in_place)
		ADD(IN_PLACE, OK,
			"pages are written in place: no SIGBUS when "
			"the file system is full");
	else
		ADD(IN_PLACE, WARNING,
			"pages are written to a new place, or to another "
			"machine: a store raises SIGBUS, or is lost, when the "
			"file system is full");
}

/* Also backs the first granule, for the checks that follow. */
static void
check_holes(struct vmm_trial *t)
{
	size_t size = t->backing.unit;
	char text[VMM_DOCTOR_BYTES];

	if (vmm_os_file_allocate(&t->backing.file, 0, size) != 0) {
		if (errno == ENOSPC || errno == EDQUOT)
			ADD(FREE_ROOM, ERROR, "no room for %zu bytes: %s", size,
				strerror(errno));
		return;
	}
	if (vmm_os_file_punch(&t->backing.file, 0, size) != 0) {
		ADD(HOLES, WARNING,
			"holes cannot be punched (%s): memory "
			"that is freed stays the pool's",
			strerror(errno));
	} else {
		ADD(HOLES, OK,
			"holes can be punched: memory that is freed is "
			"returned, in units of %s",
			vmm_doctor_bytes(text, size));
	}
	t->is_backed = vmm_os_file_allocate(&t->backing.file, 0, size) == 0;
}

/* Whether the file system of the device was mounted with an option for DAX. */
static bool
is_dax_expected(dev_t dev)
{
	char text[65536];
	char *rest = text;
	char *line;
	char *number = vmm_text(" %u:%u ", major(dev), minor(dev));
	bool found = false;

	vmm_doctor_read_text("/proc/self/mountinfo", text, sizeof(text));
	while (!found && (line = strsep(&rest, "\n")) != NULL) {
		const char *dax = strstr(line, number) != NULL
			? strstr(line, ",dax")
			: NULL;

		found = dax != NULL && strncmp(dax, ",dax=never", 10) != 0 &&
			strncmp(dax, ",dax=inode", 10) != 0;
	}
	free(number);
	return found;
}

static void
check_dax(struct vmm_trial *t)
{
	int fd = t->backing.file.fd;
	void *map = mmap(NULL, t->backing.granule, PROT_READ | PROT_WRITE,
		MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	bool has_sync = map != MAP_FAILED;

	if (has_sync)
		munmap(map, t->backing.granule);
	if (t->doctor->is_in_memory)
		return;
	if (vmm_os_is_dax(fd) || has_sync)
		ADD(DAX, OK,
			"DAX is on: the heap is in the device itself "
			"(STATX_ATTR_DAX %s, MAP_SYNC %s)",
			vmm_os_is_dax(fd) ? "set" : "not set",
			has_sync ? "possible" : "refused");
	else if (is_dax_expected(t->backing.file.dev))
		ADD(DAX, WARNING,
			"the file system was mounted with DAX, but its files "
			"do not have it: the heap is in the page cache");
	else
		ADD(DAX, OK,
			"no DAX: the heap is in the page cache, and is "
			"written to the disk");
}

static void
find_type(struct vmm_trial *t)
{
	struct statfs fs;

	if (fstatfs(t->backing.file.fd, &fs) != 0)
		return;
	t->is_tmpfs = (unsigned long)fs.f_type == TMPFS_MAGIC;
	t->is_hugetlbfs = (unsigned long)fs.f_type == HUGETLBFS_MAGIC;
	t->free_blocks = (uint64_t)fs.f_bfree;
	t->doctor->is_in_memory = t->is_tmpfs || t->is_hugetlbfs;
}

static void
try_file(struct vmm_trial *t)
{
	t->size = t->backing.granule > VMM_TRIAL_SIZE ? t->backing.granule
						      : VMM_TRIAL_SIZE;
	find_type(t);
	if (t->is_hugetlbfs) {
		t->size = t->backing.granule;
		if (t->free_blocks == 0) { /* nothing can be mapped now */
			vmm_doctor_check_hugetlbfs(t);
			return;
		}
	}
	if (check_mapping(t) == 0) {
		check_in_place(t);
		check_holes(t);
		check_dax(t);
		vmm_doctor_check_memory(t);
		munmap(t->map, t->size);
	}
}

void
vmm_doctor_check_directory(struct vmm_doctor *doctor)
{
	struct vmm_trial trial = { .doctor = doctor, .map = MAP_FAILED };

	free(vmm_complaint_take());
	doctor->dir = vmm_settings_resolve_dir(doctor->pool.dir);
	vmm_doctor_add_complaint(
		&doctor->findings, VMM_FIND_DIRECTORY, VMM_RESULT_ERROR);
	if (doctor->dir == NULL)
		return;
	if (vmm_places_is_list(doctor->dir)) {
		vmm_findings_add(&doctor->findings, VMM_FIND_DIRECTORY,
			VMM_RESULT_OK, "the pool has several places: %s",
			doctor->dir);
		return;
	}
	if (vmm_settings_is_in_memory(doctor->dir)) {
		doctor->is_in_memory = true;
		vmm_findings_add(&doctor->findings, VMM_FIND_DIRECTORY,
			VMM_RESULT_OK, "the pool is memory, not a file: %s",
			doctor->dir);
		vmm_doctor_check_ram(doctor);
		return;
	}
	if (check_file(&trial) != 0) {
		free(doctor->dir);
		doctor->dir = NULL;
		return;
	}
	/* A device serves one process, and is not written to here. */
	if (!trial.backing.is_device)
		try_file(&trial);
	vmm_os_file_close(&trial.backing.file);
}
