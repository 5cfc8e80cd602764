/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all files of the vmmalloc command share. The command is one thread; it
 * ends with a message where memory runs out, so nothing here returns NULL for
 * want of it.
 */
#ifndef VMM_CLI_H
#define VMM_CLI_H

#include <stddef.h>

/* Exit statuses; those of run are the ones of env(1). */
enum vmm_exit {
	VMM_EXIT_OK = 0,
	VMM_EXIT_FAILED = 1, /* a difference, or a backend that fails */
	VMM_EXIT_USAGE = 2,
	VMM_EXIT_RUN_FAILED = 125, /* run itself */
	VMM_EXIT_CANNOT_EXECUTE = 126,
	VMM_EXIT_NOT_FOUND = 127,
};

/* "vmmalloc: TEXT" and a newline on stderr. */
void vmm_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A new string, for free(3). */
char *vmm_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* malloc and realloc of n elements of size bytes. */
void *vmm_array_new(size_t n, size_t size);
void *vmm_array_resize(void *array, size_t n, size_t size);

/*
 * What is wrong with the option that getopt_long, called with a leading ':' in
 * its short options and no opterr, has just answered with ':' or '?'.
 */
void vmm_complain_option(const char *command, int answer, char *const argv[]);

/* The commands: argv[0] is the command's name; an exit status is returned. */
int vmm_command_backends(int argc, char *argv[]);
int vmm_command_compare(int argc, char *argv[]);
int vmm_command_run(int argc, char *argv[]);

/* The help text of a command, or the general one for NULL; -1: no such. */
int vmm_help(const char *command);

#endif /* VMM_CLI_H */
