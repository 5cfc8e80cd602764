/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one table of environment variables. From it follow the fields of struct
 * vmm_config, what is read and which values are refused (env.c), the settings
 * in the report (VMMALLOC_STATS_FILE), `vmmalloc help environment`, which
 * variables tests unset, and the check that the manual pages have all of them.
 * A new variable is a row here, a name in libvmmalloc.h, an entry in
 * libvmmalloc(7), and the code that uses its field. Preprocessor only: it is
 * read without a compiler too, one row per line that begins with a tab and "X".
 *
 * X(NAME, FIELD, TYPE, MIN, MAX, DEFAULT, MEANING) is the variable
 * VMMALLOC_NAME. DEFAULT is its value if it is unset, or NULL if it must be
 * set; for PATH and PATHS "" is none. MIN and MAX are for numbers only.
 *
 *	PATH	a path, which is made absolute
 *	PATHS	absolute paths, separated by colons
 *	PLACE	a path as above, or a place in memory (base/place.h), or places
 *		with sizes
 *	PLACES	nothing, or places with sizes (base/places.h)
 *	PLACEMENT  the use of several places (base/places.h)
 *	POLICY	nothing, or a place in memory other than ram
 *	NAME	letters, digits and dashes
 *	SIZE	bytes, or a number with K, M, G or T
 *	LIMIT	as SIZE, or cgroup, or nothing
 *	COMMIT	all, or touch
 *	INT	a number
 *	BOOL	0 or 1
 *	LEVEL	a number as atoi(3) reads it: any text is accepted
 *	FLAG	1 is yes; any other text is no
 */
#ifndef VMM_ENV_VARS_H
#define VMM_ENV_VARS_H

/* Of both variants of the library */
#define VMM_ENV_LIBRARY(X)                                                     \
	X(POOL_DIR, pool_dir, PLACE, 0, 0, NULL,                               \
		"The directory, or device DAX node, for the pool; or ram, "    \
		"local, node:LIST, prefer:LIST, interleave:LIST or "           \
		"weighted:LIST for memory without a file; or several "         \
		"places as PLACE:SIZE,PLACE:SIZE.")                            \
	X(POOL_SIZE, pool_size, SIZE, VMMALLOC_MIN_POOL, PTRDIFF_MAX, NULL,    \
		"The size of the pool, of which only what is used takes up "   \
		"memory.")                                                     \
	X(TIERS, tiers, PLACES, 0, 0, "",                                      \
		"Places for the pool, the nearest first, as "                  \
		"PLACE:SIZE,PLACE:SIZE; used instead of the directory and "    \
		"the size.")                                                   \
	X(PLACEMENT, placement, PLACEMENT, 0, 0, "overflow",                   \
		"How several places are used: overflow, ratio, ratio=N:N, "    \
		"threshold=SIZE, stripe or stripe=SIZE.")                      \
	X(POOL_POLICY, policy, POLICY, 0, 0, "",                               \
		"The memory nodes of a pool on a tmpfs or hugetlbfs: local, "  \
		"node:LIST, prefer:LIST, interleave:LIST or weighted:LIST.")   \
	X(COMMIT, commits_on_touch, COMMIT, 0, 0, "all",                       \
		"When large blocks in a file get memory: all at once, or a "   \
		"page of them at the first touch, which may then fail.")       \
	X(LIMIT, limit, LIMIT, VMMALLOC_MIN_POOL, PTRDIFF_MAX, "",             \
		"As much as the heap may take up, or cgroup: what the "        \
		"control group has left; malloc fails beyond it.")             \
	X(FORK, fork_mode, INT, 0, 3, "1",                                     \
		"How the heap is divided at a fork; see 'vmmalloc help "       \
		"fork'.")                                                      \
	X(FORK_RETURN, fork_returns, BOOL, 0, 1, "0",                          \
		"After a fork in mode 1, allocate from a new file in the "     \
		"pool's directory instead of from ordinary memory.")           \
	X(BACKEND, backend, NAME, 0, 0, VMM_DEFAULT_BACKEND,                   \
		"The heap backend; 'vmmalloc backends' lists them.")           \
	X(BACKEND_PATH, backend_path, PATHS, 0, 0, "",                         \
		"Directories that are searched for backends before the "       \
		"installed one.")                                              \
	X(STATS_FILE, stats_file, PATH, 0, 0, "",                              \
		"The file for a report in JSON when the process exits; %p "    \
		"stands for the process ID.")                                  \
	X(PROFILE, profile, SIZE, 0, PTRDIFF_MAX, "0",                         \
		"The bytes from one sample of the heap profile to the next, "  \
		"on average; 0 is no profile, and 512K costs little.")         \
	X(PROFILE_FILE, profile_file, PATH, 0, 0, "",                          \
		"The file for the heap profile when the process exits, "       \
		"instead of vmmalloc.%p.heap; %p stands for the process ID.")  \
	X(BACKGROUND, background, BOOL, 0, 1, "0",                             \
		"Return free memory also while the program makes no calls, "   \
		"by a thread.")                                                \
	X(PREALLOC, must_prealloc, BOOL, 0, 1, "0",                            \
		"Back all of the pool with memory at the start, and keep it.") \
	X(HUGE_PAGES, huge_pages, INT, 0, 2, "1",                              \
		"Huge pages for a pool in memory or on a tmpfs, and after a "  \
		"fork: faster, but takes more memory. 0 never, 1 while they "  \
		"are not slower than small ones, 2 always.")

/* Of the debug variant only */
#define VMM_ENV_DEBUG(X)                                                       \
	X(LOG_LEVEL, level, LEVEL, 0, 4, "0",                                  \
		"What is logged: 1 errors, 2 starts and forks, 3 their "       \
		"steps, 4 each allocation.")                                   \
	X(LOG_FILE, file, PATH, 0, 0, "",                                      \
		"The file for the log instead of standard error; a name that " \
		"ends in - gets the process ID.")                              \
	X(LOG_STATS, wants_stats, FLAG, 0, 1, "0",                             \
		"Log a summary when the process exits.")

/* Of the command vmmalloc only */
#define VMM_ENV_COMMAND(X)                                                     \
	X(LIBRARY, library, PATH, 0, 0, "",                                    \
		"The library that vmmalloc preloads instead of the installed " \
		"one.")

#endif /* VMM_ENV_VARS_H */
