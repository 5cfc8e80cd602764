/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one table of what vmmalloc doctor can find. `vmmalloc doctor --list`
 * prints it, and doc/troubleshooting.md has the same rows.
 *
 * X(ID, NAME, SUBJECT, REMEDY): NAME is what scripts know the finding by and
 * stays the same; SUBJECT is what is examined; REMEDY is what to do if the
 * result is not ok.
 */
#ifndef VMM_DOCTOR_TABLE_H
#define VMM_DOCTOR_TABLE_H

/* About the pool's directory and its file system. */
#define VMM_FINDINGS_POOL(X)                                                   \
	X(DIRECTORY, "directory", "the pool's directory can be used",          \
		"create the directory for the user of the program, or choose " \
		"another one with --pool-dir")                                 \
	X(FILE, "unnamed-file", "files without a name can be created there",   \
		"choose a local file system if crashes must leave no file "    \
		"behind")                                                      \
	X(MAPPING, "mapping", "files there can be mapped for writing",         \
		"choose a directory on another file system with --pool-dir")   \
	X(IN_PLACE, "in-place", "the file system writes pages in place",       \
		"choose tmpfs, ext4, XFS, F2FS or btrfs, or keep as much "     \
		"free as the heap uses: a full file system raises SIGBUS")     \
	X(HOLES, "hole-punching",                                              \
		"unused memory goes back to the file system",                  \
		"choose another file system if the heap shrinks at times")     \
	X(DAX, "dax", "DAX is on, or is not expected",                         \
		"check that the device supports DAX, that its blocks are as "  \
		"large as pages, and that the file system was mounted with "   \
		"-o dax")                                                      \
	X(HUGE_PAGES, "huge-pages", "huge pages are possible and wanted",      \
		"set /sys/kernel/mm/transparent_hugepage/enabled to madvise "  \
		"or always, and VMMALLOC_HUGE_PAGES to 1; on hugetlbfs set "   \
		"aside more pages")                                            \
	X(NODE, "memory-node", "the node that the pool's memory is on",        \
		"mount a tmpfs with -o mpol=bind:NODE and choose it with "     \
		"--pool-dir")                                                  \
	X(POOL_SIZE, "pool-size", "the size of the pool fits",                 \
		"give another --pool-size, or enlarge the file system")        \
	X(FREE_ROOM, "free-room", "as much is free as the pool can hold",      \
		"make room, or give a smaller --pool-size")

/* About the limits of this session and of the system. */
#define VMM_FINDINGS_LIMITS(X)                                               \
	X(ADDRESS_SPACE, "address-space", "the limit on address space",      \
		"raise ulimit -v, or give a --pool-size below half of it")   \
	X(DATA_SIZE, "data-size", "the limit on data, for a pool in memory", \
		"raise ulimit -d, or give a smaller --pool-size")            \
	X(FILE_SIZE, "file-size", "the limit on the size of files",          \
		"raise ulimit -f, or give a smaller --pool-size: what is "   \
		"beyond the limit is ordinary memory")                       \
	X(OPEN_FILES, "open-files", "the limit on descriptors",              \
		"raise ulimit -n to 64 or more")                             \
	X(OVERCOMMIT, "overcommit",                                          \
		"the kernel's rule for overcommitting memory",               \
		"set vm.overcommit_memory to 0, or use VMMALLOC_FORK=2")     \
	X(MAP_COUNT, "map-count", "the limit on mappings",                   \
		"set vm.max_map_count to 65530 or more")                     \
	X(CGROUP, "cgroup-memory", "the memory limit of the control group",  \
		"give a --pool-size below the limit: then malloc fails "     \
		"instead of the kernel killing the program")                 \
	X(SHM_SIZE, "shm-size", "the size of /dev/shm in a container",       \
		"start the container with a larger --shm-size, or choose "   \
		"another directory with --pool-dir")                         \
	X(SECCOMP, "seccomp", "the filter of system calls of a sandbox",     \
		"allow pwrite64 and process_vm_writev, or answer EPERM "     \
		"instead of "                                                \
		"killing; or use VMMALLOC_FORK=1")

/* About the library and the backend. */
#define VMM_FINDINGS_LIBRARY(X)                                                \
	X(LIBRARY, "library", "the library is installed",                      \
		"install libvmmalloc, or set VMMALLOC_LIBRARY to its path")    \
	X(BACKEND, "backend", "the backend is installed",                      \
		"choose one of those that vmmalloc backends lists, install "   \
		"its package, or name its directory in VMMALLOC_BACKEND_PATH") \
	X(START, "start",                                                      \
		"a process with this library, backend and pool starts",        \
		"do what the text says; vmmalloc backends shows whether "      \
		"other backends load")                                         \
	X(VERSIONS, "versions",                                                \
		"command, library and backend are of one release",             \
		"install all packages of libvmmalloc in the same version")     \
	X(TLS_ROOM, "tls-room",                                                \
		"room for the thread-local storage of the backend",            \
		"set GLIBC_TUNABLES=glibc.rtld.optional_static_tls=4096, or "  \
		"unset it: vmmalloc run then sets it")

/* About the program. */
#define VMM_FINDINGS_PROGRAM(X)                                                \
	X(PROGRAM, "program", "the program is found and can be executed",      \
		"correct its path, its permissions or its interpreter")        \
	X(SCRIPT, "script", "the program is not a script that starts others",  \
		"examine the program that the script starts, too, or the "     \
		"process with --pid once it runs")                             \
	X(PRELOAD, "preload", "the library can be preloaded into the program", \
		"use a dynamically linked build, without set-user-ID and "     \
		"capabilities, for the architecture of the library")           \
	X(SANITIZER, "sanitizer", "the program is built without a sanitizer",  \
		"use a build without -fsanitize, or leave out the library")    \
	X(OWN_MALLOC, "own-malloc", "the program has no malloc of its own",    \
		"build the program with the system's malloc; in Go only code " \
		"in C uses malloc")                                            \
	X(OTHER_ALLOCATOR, "other-allocator",                                  \
		"no other allocator is linked or preloaded",                   \
		"use a build without it; with libjemalloc the backend "        \
		"jemalloc")

/* About a running process, for --pid. */
#define VMM_FINDINGS_PROCESS(X)                                                \
	X(PROCESS, "process", "the process exists and can be examined",        \
		"give the number of a running process, and run vmmalloc "      \
		"doctor as its user or as root")                               \
	X(PROCESS_LIBRARY, "process-library", "the library is loaded",         \
		"start the program with vmmalloc run, behind sudo and su, "    \
		"which drop variables; vmmalloc doctor -- PROGRAM says more")  \
	X(PROCESS_LIVE, "process-live", "the library serves the heap",         \
		"look for a line of libvmmalloc on the program's standard "    \
		"error, and whether it is built with a sanitizer")             \
	X(PROCESS_POOL, "process-pool", "the pool's file, and how full it is", \
		"start the program with a larger VMMALLOC_POOL_SIZE, or make " \
		"room in the file system")                                     \
	X(PROCESS_FORK, "process-fork",                                        \
		"the mode of fork, and whether the "                           \
		"heap is still in the pool's file",                            \
		"set VMMALLOC_FORK_RETURN=1, or VMMALLOC_FORK to 2 or 3, if "  \
		"the heap must stay in the pool's directory after a fork")     \
	X(PROCESS_NODES, "process-nodes", "the nodes that hold the pages",     \
		"choose a directory whose memory is on the node that you "     \
		"want")                                                        \
	X(PROCESS_HUGE, "process-huge",                                        \
		"how much of the heap is in huge pages",                       \
		"see huge-pages: run vmmalloc doctor with the same pool")

#define VMM_FINDINGS(X)         \
	VMM_FINDINGS_POOL(X)    \
	VMM_FINDINGS_LIMITS(X)  \
	VMM_FINDINGS_LIBRARY(X) \
	VMM_FINDINGS_PROGRAM(X) \
	VMM_FINDINGS_PROCESS(X)

#endif /* VMM_DOCTOR_TABLE_H */
