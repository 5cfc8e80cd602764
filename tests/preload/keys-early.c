/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program may create many thread-specific keys before anything in the process
 * has allocated; see keys.h.
 */
#include "keys.h"
#include "platform.h"

static void
preinit(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	keys_make();
}

__attribute__((section(".preinit_array"),
	used)) static void (*const before_constructors)(int argc, char **argv,
	char **envp) = preinit;

int
main(void)
{
	if (!TEST_HAS_PREINIT)
		keys_make();
	keys_use();
	return 0;
}
