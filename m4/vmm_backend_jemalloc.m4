# SPDX-License-Identifier: BSD-3-Clause
# VMM_BACKEND_JEMALLOC
# Needs the header and the shared library of jemalloc >= 5.0, with or without a
# prefix to its names (the header tells). Sets JEMALLOC_CPPFLAGS, JEMALLOC_LIBS.
AC_DEFUN([VMM_BACKEND_JEMALLOC], [
	AC_ARG_VAR([JEMALLOC_CPPFLAGS], [preprocessor flags for jemalloc])
	AC_ARG_VAR([JEMALLOC_LIBS], [linker flags for jemalloc [-ljemalloc]])
	AS_IF([test -z "$JEMALLOC_LIBS"], [JEMALLOC_LIBS=-ljemalloc])
	VMM_BACKEND([jemalloc], [jemalloc 5.0 or later], [VMM_JEMALLOC_CHECK])
])

AC_DEFUN([VMM_JEMALLOC_CHECK], [
	vmm_save_CPPFLAGS=$CPPFLAGS
	vmm_save_LIBS=$LIBS
	CPPFLAGS="$CPPFLAGS $JEMALLOC_CPPFLAGS"
	LIBS="$JEMALLOC_LIBS $LIBS"
	AC_MSG_CHECKING([for jemalloc >= 5.0 with extent hooks])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM(
		[[#include <jemalloc/jemalloc.h>]], [[]])],
		[AC_LINK_IFELSE([AC_LANG_PROGRAM([[
			#define JEMALLOC_NO_DEMANGLE
			#include <jemalloc/jemalloc.h>
			#if JEMALLOC_VERSION_MAJOR < 5
			#error too old
			#endif
			static extent_hooks_t hooks;
		]], [[
			extent_hooks_t *new_hooks = &hooks;
			return je_mallctl("arena.0.extent_hooks", 0, 0,
				&new_hooks, sizeof(new_hooks));
		]])],
		[vmm_have_jemalloc=yes],
		[vmm_jemalloc_note=" (libjemalloc is missing or older than 5.0)"])],
		[vmm_jemalloc_note=" (the header jemalloc/jemalloc.h is missing)"])
	AC_MSG_RESULT([$vmm_have_jemalloc])
	CPPFLAGS=$vmm_save_CPPFLAGS
	LIBS=$vmm_save_LIBS
])
