/* SPDX-License-Identifier: BSD-3-Clause */
/* A library that the program links may make many keys; see keys.h. */
#include "keys.h"

int
main(void)
{
	keys_make();
	keys_use();
	return 0;
}
