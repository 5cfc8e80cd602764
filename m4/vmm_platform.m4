# SPDX-License-Identifier: BSD-3-Clause
# VMM_PLATFORM
# Differences between C libraries; doc/portability.md describes their effects.
AC_DEFUN([VMM_PLATFORM], [
	AC_CHECK_HEADERS([malloc.h malloc_np.h])
	AC_CHECK_FUNCS([mallinfo mallinfo2 on_exit pkey_mprotect strerrordesc_np])
	AM_CONDITIONAL([HAVE_MALLINFO], [test "$ac_cv_func_mallinfo" = yes])
	AC_CHECK_FUNC([__register_atfork],
		[AC_DEFINE([HAVE_REGISTER_ATFORK], [1],
			[What pthread_atfork calls.])])
	AM_CONDITIONAL([HAVE_REGISTER_ATFORK],
		[test "$ac_cv_func___register_atfork" = yes])
	AC_CHECK_DECL([RTLD_DEEPBIND],
		[AC_DEFINE([HAVE_RTLD_DEEPBIND], [1],
			[dlopen can make a library prefer its own malloc.])],
		[], [[#include <dlfcn.h>]])
	AM_CONDITIONAL([HAVE_RTLD_DEEPBIND],
		[test "$ac_cv_have_decl_RTLD_DEEPBIND" = yes])

	AC_CACHE_CHECK([for __libc_stack_end], [vmm_cv_libc_stack_end],
		[AC_LINK_IFELSE([AC_LANG_PROGRAM(
			[[extern void *__libc_stack_end;]],
			[[return __libc_stack_end == 0;]])],
			[vmm_cv_libc_stack_end=yes],
			[vmm_cv_libc_stack_end=no])])
	AS_IF([test "$vmm_cv_libc_stack_end" = yes],
		[AC_DEFINE([HAVE_LIBC_STACK_END], [1],
			[The dynamic linker tells where the environment is.])])

	AC_CHECK_DECL([__libc_single_threaded],
		[AC_DEFINE([HAVE_LIBC_SINGLE_THREADED], [1],
			[The C library tells whether there are threads.])],
		[], [[#include <sys/single_threaded.h>]])

	AC_CACHE_CHECK([for glibc], [vmm_cv_glibc],
		[AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
			#include <unistd.h>
			#ifndef __GLIBC__
			#error another C library
			#endif
		]], [[]])],
			[vmm_cv_glibc=yes],
			[vmm_cv_glibc=no])])
	AS_IF([test "$vmm_cv_glibc" = yes],
		[vmm_module_tls='__attribute__((tls_model("initial-exec")))'],
		[vmm_module_tls=])
	AC_DEFINE_UNQUOTED([VMM_MODULE_TLS], [$vmm_module_tls],
		[How a library that is loaded with dlopen declares its
		thread-local objects: glibc keeps room for a few that are found
		without a call, which would allocate; others refuse these.])

	# For tests only: what C++ programs see
	AC_LANG_PUSH([C++])
	AC_CACHE_CHECK([whether C++ programs can be linked], [vmm_cv_cxx],
		[AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string>]],
			[[throw std::string("thrown");]])],
			[vmm_cv_cxx=yes],
			[vmm_cv_cxx=no])])
	AC_LANG_POP([C++])
	AM_CONDITIONAL([HAVE_CXX], [test "$vmm_cv_cxx" = yes])
])
