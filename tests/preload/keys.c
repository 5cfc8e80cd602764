/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A library that creates keys in its constructor, which runs before those of
 * preloaded libraries. For the program keys-library.
 */
#include "keys.h"

__attribute__((constructor)) static void
make_keys(void)
{
	keys_make();
}
