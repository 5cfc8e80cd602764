/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of functions as a reader knows them. */
#ifndef VMM_FUNCTION_NAME_H
#define VMM_FUNCTION_NAME_H

/*
 * The name behind a symbol, for free(3): without what compilers and linkers add
 * to it, and as C++ if it is a name of C++ and there is a C++ library.
 */
char *vmm_function_name(const char *symbol);

#endif /* VMM_FUNCTION_NAME_H */
