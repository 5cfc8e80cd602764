/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks of the limits of this session, of its control group, and of Linux. */
#include "config.h"

#include "cli/cli.h"
#include "cli/doctor/doctor.h"
#include "os/cgroup.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#define FEW_FILES 64
#define FEW_MAPS 65530 /* the kernel's default */

#define ADD(id, result, ...)                               \
	vmm_findings_add(&doctor->findings, VMM_FIND_##id, \
		VMM_RESULT_##result, __VA_ARGS__)

static void
check_address_space(struct vmm_doctor *doctor)
{
	char has[VMM_DOCTOR_BYTES], wants[VMM_DOCTOR_BYTES];
	struct rlimit limit;

	if (getrlimit(RLIMIT_AS, &limit) != 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY) {
		ADD(ADDRESS_SPACE, OK, "unlimited");
		return;
	}
	vmm_doctor_bytes(has, limit.rlim_cur);
	vmm_doctor_bytes(wants, doctor->size);
	if (limit.rlim_cur <= doctor->size)
		ADD(ADDRESS_SPACE, ERROR,
			"the limit is %s, and the pool takes %s from the "
			"start",
			has, wants);
	else if (limit.rlim_cur / 2 < doctor->size)
		ADD(ADDRESS_SPACE, WARNING,
			"the limit is %s, of which a pool of %s leaves little "
			"for the rest of the program, and nothing for a fork "
			"in mode 2",
			has, wants);
	else
		ADD(ADDRESS_SPACE, OK, "the limit is %s, for a pool of %s", has,
			wants);
}

/* It counts private memory: that of a pool in memory, from the start. */
static void
check_data_size(struct vmm_doctor *doctor)
{
	char has[VMM_DOCTOR_BYTES], wants[VMM_DOCTOR_BYTES];
	struct rlimit limit;

	if (getrlimit(RLIMIT_DATA, &limit) != 0)
		return;
	if (limit.rlim_cur == RLIM_INFINITY) {
		ADD(DATA_SIZE, OK, "unlimited");
		return;
	}
	vmm_doctor_bytes(has, limit.rlim_cur);
	if (vmm_settings_is_in_memory(doctor->dir) &&
		limit.rlim_cur < doctor->size)
		ADD(DATA_SIZE, WARNING,
			"the limit is %s, and a pool of %s counts against it: "
			"malloc fails before the pool is full",
			has, vmm_doctor_bytes(wants, doctor->size));
	else
		ADD(DATA_SIZE, OK, "the limit is %s", has);
}

static void
check_file_size(struct vmm_doctor *doctor)
{
	char has[VMM_DOCTOR_BYTES];
	struct rlimit limit;

	if (vmm_settings_is_in_memory(doctor->dir) ||
		getrlimit(RLIMIT_FSIZE, &limit) != 0)
		return;
	/* The library raises the soft limit for its own file. */
	if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= doctor->size)
		ADD(FILE_SIZE, OK, "the pool's file may be as long as it must");
	else
		ADD(FILE_SIZE, WARNING,
			"files end at %s: the pool beyond is ordinary memory",
			vmm_doctor_bytes(has, limit.rlim_max));
}

static void
check_open_files(struct vmm_doctor *doctor)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_cur < FEW_FILES)
		ADD(OPEN_FILES, WARNING,
			"%llu descriptors, of which the pool takes up to "
			"three",
			(unsigned long long)limit.rlim_cur);
	else
		ADD(OPEN_FILES, OK, "%llu descriptors",
			(unsigned long long)limit.rlim_cur);
}

/* Reads one number. Returns false if the file has none. */
static bool
read_number(const char *path, unsigned long long *n)
{
	char text[64];
	char *end;

	if (vmm_doctor_read_text(path, text, sizeof(text)) <= 0)
		return false;
	errno = 0;
	*n = strtoull(text, &end, 10);
	return end != text && errno == 0;
}

static void
check_system(struct vmm_doctor *doctor)
{
	unsigned long long n;

	if (read_number("/proc/sys/vm/overcommit_memory", &n)) {
		if (n != 2)
			ADD(OVERCOMMIT, OK, "vm.overcommit_memory is %llu", n);
		else if (vmm_doctor_fork_mode() == 2)
			ADD(OVERCOMMIT, OK,
				"vm.overcommit_memory is 2, but forks in mode "
				"2 copy to a file");
		else
			ADD(OVERCOMMIT, WARNING,
				"vm.overcommit_memory is 2: a fork counts the "
				"whole heap as memory, and may fail");
	}
	if (read_number("/proc/sys/vm/max_map_count", &n)) {
		if (n < FEW_MAPS)
			ADD(MAP_COUNT, WARNING, "vm.max_map_count is %llu", n);
		else
			ADD(MAP_COUNT, OK, "vm.max_map_count is %llu", n);
	}
}

static void
check_cgroup(struct vmm_doctor *doctor)
{
	char has[VMM_DOCTOR_BYTES], wants[VMM_DOCTOR_BYTES];
	uint64_t limit;

	if (vmm_os_cgroup_limit(&limit) != 0) {
		ADD(CGROUP, OK, "no limit");
		return;
	}
	vmm_doctor_bytes(has, limit);
	vmm_doctor_bytes(wants, doctor->size);
	if (doctor->is_in_memory && doctor->size >= limit)
		ADD(CGROUP, WARNING,
			"the limit is %s, and a pool of %s counts against it: "
			"the program is killed before the pool is full",
			has, wants);
	else
		ADD(CGROUP, OK, "the limit is %s", has);
}

void
vmm_doctor_check_limits(struct vmm_doctor *doctor)
{
	if (doctor->size > 0) {
		check_address_space(doctor);
		check_data_size(doctor);
		check_file_size(doctor);
		check_cgroup(doctor);
	}
	check_open_files(doctor);
	check_system(doctor);
}
