/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of the size of the pool against its file system. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "libvmmalloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SHM "/dev/shm"
#define USUAL_SHM ((uint64_t)64 << 20) /* of a container, by default */

#define ADD(id, result, ...)                               \
	vmm_findings_add(&doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

static bool
is_preallocated(void)
{
	const char *text = getenv(VMMALLOC_PREALLOC_VAR);

	return text != NULL && strcmp(text, "1") == 0;
}

static void
check_room(struct vmm_doctor *doctor, const struct statvfs *fs)
{
	uint64_t available = (uint64_t)fs->f_bavail * fs->f_frsize;
	char has[VMM_DOCTOR_BYTES], wants[VMM_DOCTOR_BYTES];

	if (fs->f_blocks == 0)
		return;
	vmm_doctor_bytes(has, available);
	vmm_doctor_bytes(wants, doctor->size);
	if (fs->f_files > 0 && fs->f_favail == 0)
		ADD(FREE_ROOM, ERROR, "no inode is free in %s", doctor->dir);
	else if (available >= doctor->size)
		ADD(FREE_ROOM, OK, "%s free, for a pool of %s", has, wants);
	else if (is_preallocated())
		ADD(FREE_ROOM, ERROR,
			"%s free, but VMMALLOC_PREALLOC=1 needs %s at the "
			"start",
			has, wants);
	else
		ADD(FREE_ROOM, WARNING,
			"%s free, for a pool of %s: malloc fails before the "
			"pool is full",
			has, wants);
}

static bool
is_container(void)
{
	return access("/.dockerenv", F_OK) == 0 ||
		access("/run/.containerenv", F_OK) == 0 ||
		getenv("KUBERNETES_SERVICE_HOST") != NULL ||
		getenv("container") != NULL;
}

static void
check_shm(struct vmm_doctor *doctor, const struct statvfs *fs)
{
	uint64_t total = (uint64_t)fs->f_blocks * fs->f_frsize;
	char text[VMM_DOCTOR_BYTES];
	struct stat shm, st;

	if (stat(SHM, &shm) != 0 || stat(doctor->dir, &st) != 0 ||
		shm.st_dev != st.st_dev || fs->f_blocks == 0)
		return;
	vmm_doctor_bytes(text, total);
	if (is_container() && total <= USUAL_SHM)
		ADD(SHM_SIZE, WARNING, "%s has only %s, as in any container",
			SHM, text);
	else
		ADD(SHM_SIZE, OK, "%s has %s", SHM, text);
}

void
vmm_doctor_check_size(struct vmm_doctor *doctor)
{
	char text[VMM_DOCTOR_BYTES];
	struct statvfs fs;
	struct stat st;

	bool is_directory;

	if (doctor->dir == NULL)
		return;
	is_directory = stat(doctor->dir, &st) == 0 && S_ISDIR(st.st_mode) &&
		statvfs(doctor->dir, &fs) == 0;
	if (is_directory)
		check_shm(doctor, &fs);
	if (vmm_settings_resolve_size(
		    doctor->pool.size, doctor->dir, &doctor->size) != 0) {
		doctor->size = 0;
		vmm_doctor_add_complaint(&doctor->findings, VMM_FIND_POOL_SIZE,
			VMM_RESULT_ERROR);
		return;
	}
	ADD(POOL_SIZE, OK, "%s", vmm_doctor_bytes(text, doctor->size));
	if (is_directory)
		check_room(doctor, &fs);
}
