/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room for the static TLS of backend libraries. A library that is loaded with
 * dlopen and uses initial-exec TLS must fit in what glibc keeps spare, 1664
 * bytes; Debian's libjemalloc 5.3.0 needs 2632. The static TLS area is rounded
 * up to its largest alignment, so an object of ours with an alignment of 4096
 * makes the spare part large enough (measured, glibc 2.36 on x86-64; 2048 is
 * too little by 584 bytes; the layout on i386 and s390x is the same). The area
 * lies on the stack of each thread; small stacks are made larger by what they
 * lose (interpose/thread.c). Libraries that the program links can have so much
 * TLS behind ours that the spare part is not enough: the remedy is then the
 * tunable that core/plugin.c names, and that vmmalloc run sets.
 *
 * Under an audit library (LD_AUDIT) glibc refuses to load any library whose TLS
 * has such an alignment: configure --disable-tls-room is for programs that need
 * both.
 *
 * On other machines the layout of TLS is reversed, and this does not help; nor
 * does jemalloc need it there (arm64, ppc64el). But a library whose TLS has a
 * larger alignment than all that the program started with is refused in any
 * case: libtcmalloc's is aligned to a cache line.
 */
#include "config.h"

#include <unistd.h> /* __GLIBC__ */

#if defined(__GLIBC__) && !defined(VMM_NO_TLS_ROOM)
#if defined(__x86_64__) || defined(__i386__) || defined(__s390x__)
#define ROOM_ALIGN 4096
#else
#define ROOM_ALIGN 64
#endif

/*
 * Initialised, so that it lies in .tdata, before the zeroed objects of other
 * files: behind one of them it would take another 4096 bytes of each stack.
 */
static _Thread_local char room
	__attribute__((used, aligned(ROOM_ALIGN), tls_model("initial-exec"))) =
		1;
#else
typedef int vmm_tls_room_is_not_needed; /* ISO C wants a declaration */
#endif
