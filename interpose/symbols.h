/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one table of what the library exports. The linker's version script
 * (version-script.in), the list in libvmmalloc(7) and the tests follow from it;
 * tests/package/symbols.sh prints the list for the manual page. Preprocessor
 * only: it is read without a compiler too. To be included after config.h.
 *
 * X(NAME) stands for each symbol, grouped as in the manual page. Functions that
 * replace those of other libraries have no version: a program asks for glibc's
 * malloc by version, and ours satisfies it only if it has none.
 */
#ifndef VMM_SYMBOLS_H
#define VMM_SYMBOLS_H

/* Of C and POSIX */
#define VMM_SYMBOLS_C(X)      \
	X(aligned_alloc)      \
	X(calloc)             \
	X(free)               \
	X(free_aligned_sized) \
	X(free_sized)         \
	X(malloc)             \
	X(posix_memalign)     \
	X(realloc)

/* Of other systems, in most C libraries */
#define VMM_SYMBOLS_OLD(X)    \
	X(cfree)              \
	X(malloc_trim)        \
	X(malloc_usable_size) \
	X(memalign)           \
	X(pvalloc)            \
	X(valloc)

/* Of jemalloc: functions that take or return blocks */
#define VMM_SYMBOLS_JEMALLOC(X) \
	X(dallocx)              \
	X(mallocx)              \
	X(nallocx)              \
	X(rallocx)              \
	X(sallocx)              \
	X(sdallocx)             \
	X(xallocx)

/* Of glibc: reports and controls, and other names of malloc */
#ifdef HAVE_MALLINFO2
#define VMM_SYMBOL_MALLINFO2(X) X(mallinfo2)
#else
#define VMM_SYMBOL_MALLINFO2(X)
#endif
#ifdef HAVE_MALLINFO
#define VMM_SYMBOLS_GLIBC(X)    \
	X(__libc_calloc)        \
	X(__libc_free)          \
	X(__libc_malloc)        \
	X(__libc_memalign)      \
	X(__libc_pvalloc)       \
	X(__libc_realloc)       \
	X(__libc_valloc)        \
	X(mallinfo)             \
	VMM_SYMBOL_MALLINFO2(X) \
	X(malloc_info)          \
	X(malloc_stats)         \
	X(mallopt)
#else
#define VMM_SYMBOLS_GLIBC(X)
#endif

/* Of the process, on which the pool depends */
#ifdef HAVE_RTLD_DEEPBIND
#define VMM_SYMBOL_DLOPEN(X) X(dlopen)
#else
#define VMM_SYMBOL_DLOPEN(X)
#endif
#ifdef HAVE_REGISTER_ATFORK
#define VMM_SYMBOL_ATFORK(X) X(__register_atfork)
#else
#define VMM_SYMBOL_ATFORK(X)
#endif
#define VMM_SYMBOLS_PROCESS(X) \
	X(_Fork)               \
	VMM_SYMBOL_ATFORK(X)   \
	X(clone)               \
	VMM_SYMBOL_DLOPEN(X)   \
	X(fork)                \
	X(pthread_create)      \
	X(pthread_setspecific) \
	X(syscall)

#define VMM_SYMBOLS_TAKEN_OVER(X) \
	VMM_SYMBOLS_C(X)          \
	VMM_SYMBOLS_OLD(X)        \
	VMM_SYMBOLS_JEMALLOC(X)   \
	VMM_SYMBOLS_GLIBC(X)      \
	VMM_SYMBOLS_PROCESS(X)

/* Our own interface, by the version in which it appeared. */
#define VMM_SYMBOLS_OWN_1_2(X)    \
	X(vmmalloc_check_version) \
	X(vmmalloc_ctl)           \
	X(vmmalloc_get_stats)     \
	X(vmmalloc_host_get)

#endif /* VMM_SYMBOLS_H */
