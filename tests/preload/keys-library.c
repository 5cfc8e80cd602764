/* SPDX-License-Identifier: BSD-3-Clause */
/* A library that is linked to the program may create many keys; see keys.h. */
#include "keys.h"

int
main(void)
{
	keys_make();
	keys_use();
	return 0;
}
