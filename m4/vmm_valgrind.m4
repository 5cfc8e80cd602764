# SPDX-License-Identifier: BSD-3-Clause
# VMM_VALGRIND
# Looks for valgrind's headers, with which the debug build of the native heap
# tells memcheck about blocks. Defines HAVE_VALGRIND_MEMCHECK_H, sets
# vmm_have_valgrind.
AC_DEFUN([VMM_VALGRIND], [
	AC_ARG_WITH([valgrind],
		[AS_HELP_STRING([--without-valgrind],
			[no requests to memcheck in the debug variant])],
		[], [with_valgrind=auto])
	vmm_have_valgrind=no
	AS_IF([test "$with_valgrind" != no],
		[AC_CHECK_HEADERS([valgrind/memcheck.h],
			[vmm_have_valgrind=yes])])
	AS_IF([test "$with_valgrind$vmm_have_valgrind" = yesno],
		[AC_MSG_ERROR([no valgrind/memcheck.h; use --without-valgrind])])
])
