# SPDX-License-Identifier: BSD-3-Clause
# VMM_BACKEND_TCMALLOC
# Needs a C++ compiler and the headers and the shared library of gperftools
# >= 2.7. Sets TCMALLOC_CPPFLAGS, TCMALLOC_LIBS.
AC_DEFUN([VMM_BACKEND_TCMALLOC], [
	AC_ARG_VAR([TCMALLOC_CPPFLAGS], [preprocessor flags for gperftools])
	AC_ARG_VAR([TCMALLOC_LIBS], [linker flags for gperftools
		[-ltcmalloc_minimal or -ltcmalloc]])
	AC_ARG_WITH([tcmalloc-library],
		[AS_HELP_STRING([--with-tcmalloc-library=minimal|full],
			[use libtcmalloc_minimal, or libtcmalloc, which has the
			heap profiler too [minimal]])],
		[], [with_tcmalloc_library=minimal])
	AS_CASE([$with_tcmalloc_library],
		[minimal], [vmm_tcmalloc_default=-ltcmalloc_minimal],
		[full], [vmm_tcmalloc_default=-ltcmalloc],
		[AC_MSG_ERROR([--with-tcmalloc-library must be minimal or full])])
	AS_IF([test -z "$TCMALLOC_LIBS"], [TCMALLOC_LIBS=$vmm_tcmalloc_default])
	VMM_BACKEND([tcmalloc], [gperftools 2.7 or later], [VMM_TCMALLOC_CHECK])
])

AC_DEFUN([VMM_TCMALLOC_CHECK], [
	vmm_save_CPPFLAGS=$CPPFLAGS
	vmm_save_LIBS=$LIBS
	CPPFLAGS="$CPPFLAGS $TCMALLOC_CPPFLAGS"
	LIBS="$TCMALLOC_LIBS $LIBS"
	AC_LANG_PUSH([C++])
	AC_MSG_CHECKING([for gperftools >= 2.7 with SysAllocator])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string>]], [[]])],
		[AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
			#include <gperftools/malloc_extension.h>
			#include <gperftools/tcmalloc.h>
		]], [[]])],
			[VMM_TCMALLOC_LINK],
			[vmm_tcmalloc_note=" (the headers of gperftools are missing)"])],
		[vmm_tcmalloc_note=" (no working C++ compiler)"])
	AC_MSG_RESULT([$vmm_have_tcmalloc])
	AC_LANG_POP([C++])
	CPPFLAGS=$vmm_save_CPPFLAGS
	LIBS=$vmm_save_LIBS
])

AC_DEFUN([VMM_TCMALLOC_LINK], [
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[
		#include <gperftools/malloc_extension.h>
		#include <gperftools/tcmalloc.h>
		#if TC_VERSION_MAJOR < 2 \
			|| (TC_VERSION_MAJOR == 2 && TC_VERSION_MINOR < 7)
		#error too old
		#endif
		struct pool : SysAllocator {
			void *Alloc(size_t, size_t *, size_t) { return 0; }
		};
	]], [[
		pool p;
		MallocExtension::instance()->SetSystemAllocator(&p);
	]])],
		[vmm_have_tcmalloc=yes],
		[vmm_tcmalloc_note=" ($TCMALLOC_LIBS is missing or older than 2.7)"])
])
