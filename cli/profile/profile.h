/* SPDX-License-Identifier: BSD-3-Clause */
/* A heap profile, as the library has written it (core/profile_file.c). */
#ifndef VMM_CLI_PROFILE_H
#define VMM_CLI_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#define VMM_PROFILE_LIFETIMES 8

struct vmm_profile_amount {
	int64_t blocks;
	int64_t bytes;
};

struct vmm_profile_site {
	struct vmm_profile_amount live;
	struct vmm_profile_amount allocated;
	struct vmm_profile_amount freed[VMM_PROFILE_LIFETIMES];
	size_t first; /* of its addresses */
	size_t depth;
};

struct vmm_profile_map {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* in the file */
	char *file;
};

struct vmm_profile {
	uint64_t rate; /* bytes from one sample to the next */
	uint64_t ms;   /* for which the process ran */
	uint64_t lost; /* samples */
	long pid;
	char *backend;
	struct vmm_profile_site *sites;
	size_t n_sites;
	uint64_t *addresses; /* to which functions return, innermost first */
	size_t n_addresses;
	struct vmm_profile_map *maps; /* executable ones, by address */
	size_t n_maps;
};

/* "under 1 ms" and so on. */
extern const char *const vmm_profile_lifetimes[VMM_PROFILE_LIFETIMES];

/* Returns 0, or -1 after a complaint. */
int vmm_profile_read(struct vmm_profile *profile, const char *path);
void vmm_profile_free(struct vmm_profile *profile);

/* All sites together. */
struct vmm_profile_site vmm_profile_sum(const struct vmm_profile *profile);

/* The part of what the site has allocated that was not freed. */
struct vmm_profile_amount vmm_profile_kept(const struct vmm_profile_site *site);

struct vmm_symbols;

/*
 * Prints the top sites, by live or by allocated bytes; writes the file for
 * pprof, or the one for speedscope. These two return 0, or -1 after a
 * complaint.
 */
void vmm_profile_print(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, size_t top, int by_allocated);
int vmm_profile_write_pprof(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, const char *path);
int vmm_profile_write_speedscope(const struct vmm_profile *profile,
	struct vmm_symbols *symbols, const char *path, const char *title);

#endif /* VMM_CLI_PROFILE_H */
