/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks before LD_PRELOAD; see preload.h. */
#include "config.h"

#include "cli/preload.h"

#include "cli/cli.h"
#include "cli/program_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SCRIPTS_MAX 5 /* the kernel follows this many interpreters */
#define SHELL "/bin/sh"

/* Whether the path is a file that this process may execute: 0, or an errno. */
static int
try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(path, X_OK) == 0 ? 0 : errno;
}

/* Finds the first executable file on PATH. EACCES: there are only others. */
static int
search_path(const char *command, char **path)
{
	const char *value = getenv("PATH");
	char *directories =
		vmm_text("%s", value != NULL ? value : "/bin:/usr/bin");
	char *rest = directories;
	int error = ENOENT;
	char *directory;

	while ((directory = strsep(&rest, ":")) != NULL) {
		char *candidate = vmm_text("%s/%s",
			directory[0] != '\0' ? directory : ".", command);
		int why = try_path(candidate);

		if (why == 0) {
			*path = candidate;
			error = 0;
			break;
		}
		if (why == EACCES)
			error = EACCES;
		free(candidate);
	}
	free(directories);
	return error;
}

static int
find_command(const char *command, char **path)
{
	bool has_slash = strchr(command, '/') != NULL;
	int error;

	*path = NULL;
	if (has_slash) {
		error = try_path(command);
		if (error == 0)
			*path = vmm_text("%s", command);
	} else {
		error = command[0] != '\0' ? search_path(command, path)
					   : ENOENT;
	}
	if (error == 0)
		return 0;
	if (error == ENOENT || error == ENOTDIR) {
		vmm_complain("cannot run '%s': %s", command,
			has_slash ? strerror(error)
				  : "no such command in PATH");
		return VMM_EXIT_NOT_FOUND;
	}
	vmm_complain("cannot run '%s': %s%s", command, strerror(error),
		error == EACCES ? "; is it executable?" : "");
	return VMM_EXIT_CANNOT_EXECUTE;
}

/* Whether the kernel would start the program with AT_SECURE set. */
static bool
is_privileged(const char *path)
{
	struct statvfs fs;
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOSUID) != 0)
		return false;
	if ((st.st_mode & S_ISUID) != 0 && st.st_uid != getuid())
		return true;
	if ((st.st_mode & S_ISGID) != 0 && (st.st_mode & S_IXGRP) != 0 &&
		st.st_gid != getgid())
		return true;
	return getuid() != 0 &&
		getxattr(path, "security.capability", NULL, 0) > 0;
}

/* The dynamic loader has no PT_INTERP itself, but honours LD_PRELOAD. */
static bool
is_loader(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return strncmp(name, "ld.so", 5) == 0 ||
		(strncmp(name, "ld", 2) == 0 && strstr(name, ".so.") != NULL);
}

static int
check_elf(const char *path, const struct vmm_file *file, const char *library)
{
	struct vmm_file ours;

	if (vmm_file_read(library, &ours) != 0 || ours.kind != VMM_FILE_ELF) {
		vmm_complain(
			"cannot preload %s: not a shared library", library);
		return VMM_EXIT_RUN_FAILED;
	}
	if (file->class != ours.class || file->machine != ours.machine) {
		vmm_complain("cannot preload into %s: it is for another kind "
			     "of machine than %s; use builds of one kind",
			path, library);
		return VMM_EXIT_RUN_FAILED;
	}
	if (!file->has_loader && !is_loader(path)) {
		vmm_complain("cannot preload into %s: it is statically linked; "
			     "use a dynamically linked build",
			path);
		return VMM_EXIT_RUN_FAILED;
	}
	if (is_privileged(path)) {
		vmm_complain("cannot preload into %s: it is set-user-ID, set-"
			     "group-ID or has capabilities, so LD_PRELOAD is "
			     "ignored; run it as its owner or use a copy",
			path);
		return VMM_EXIT_RUN_FAILED;
	}
	return 0;
}

int
vmm_preload_check(const char *command, const char *library, char **path)
{
	struct vmm_file file;
	char program[PATH_MAX];
	int status = find_command(command, path);

	if (status != 0)
		return status;
	strncpy(program, *path, sizeof(program) - 1);
	program[sizeof(program) - 1] = '\0';
	for (int depth = 0; depth <= SCRIPTS_MAX; depth++) {
		const char *next;
		int error;

		if (vmm_file_read(program, &file) != 0) {
			/* Executable but not readable: it cannot be checked. */
			if (errno == EACCES)
				return 0;
			vmm_complain("cannot run '%s': %s: %s", command,
				program, strerror(errno));
			status = VMM_EXIT_CANNOT_EXECUTE;
			break;
		}
		if (file.kind == VMM_FILE_ELF) {
			status = check_elf(program, &file, library);
			break;
		}
		next = file.kind == VMM_FILE_SCRIPT ? file.interpreter : SHELL;
		error = try_path(next);
		if (error != 0) {
			vmm_complain("cannot run '%s': its interpreter '%s': "
				     "%s",
				command, next, strerror(error));
			status = VMM_EXIT_CANNOT_EXECUTE;
			break;
		}
		strcpy(program, next);
	}
	if (status != 0) {
		free(*path);
		*path = NULL;
	}
	return status;
}

char *
vmm_preload_find_elf(const char *path)
{
	char *program = vmm_text("%s", path);
	struct vmm_file file;

	for (int depth = 0;
		depth <= SCRIPTS_MAX && vmm_file_read(program, &file) == 0;
		depth++) {
		if (file.kind == VMM_FILE_ELF)
			return program;
		free(program);
		program = vmm_text("%s",
			file.kind == VMM_FILE_SCRIPT ? file.interpreter
						     : SHELL);
	}
	free(program);
	return NULL;
}

static bool
is_libvmmalloc(const char *entry)
{
	const char *slash = strrchr(entry, '/');
	const char *name = slash != NULL ? slash + 1 : entry;

	return strncmp(name, "libvmmalloc.so", 14) == 0;
}

char *
vmm_preload_list(const char *old, const char *library)
{
	char *list = vmm_text("%s", library != NULL ? library : "");
	char *copy = vmm_text("%s", old != NULL ? old : "");
	char *rest = copy;
	char *entry;

	while ((entry = strsep(&rest, ": ")) != NULL) {
		char *longer;

		if (entry[0] == '\0' || is_libvmmalloc(entry))
			continue;
		longer = vmm_text(
			"%s%s%s", list, list[0] != '\0' ? ":" : "", entry);
		free(list);
		list = longer;
	}
	free(copy);
	return list;
}
