/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of addresses, from the symbols of the files mapped there. */
#ifndef VMM_SYMBOLS_OF_PROFILE_H
#define VMM_SYMBOLS_OF_PROFILE_H

#include "cli/profile/profile.h"

#include <stdbool.h>

struct vmm_symbols;

/* The profile must stay as it is. */
struct vmm_symbols *vmm_symbols_new(const struct vmm_profile *profile);
void vmm_symbols_free(struct vmm_symbols *symbols);

struct vmm_frame {
	/* of the function; "FILE+0xADDRESS" or "0xADDRESS" if not known */
	const char *name;
	const char *file; /* its name without directories, or "" */
	size_t map;	  /* of the profile; SIZE_MAX: none */
	bool is_known;
};

/*
 * The function that is called where it returns to this address. The strings
 * live as long as symbols.
 */
struct vmm_frame vmm_symbols_find(
	struct vmm_symbols *symbols, uint64_t return_address);

/* The build ID of the file of a mapping, or NULL. */
const char *vmm_symbols_build_id(struct vmm_symbols *symbols, size_t map);

#endif /* VMM_SYMBOLS_OF_PROFILE_H */
