# SPDX-License-Identifier: BSD-3-Clause
# VMM_COMPILER_FLAGS
# Sets VMM_CFLAGS and VMM_CXXFLAGS: the project's own flags, which the user's
# CFLAGS can override. --enable-werror makes warnings errors, as CI does.
AC_DEFUN([VMM_COMPILER_FLAGS], [
	AC_ARG_ENABLE([werror],
		[AS_HELP_STRING([--enable-werror],
			[treat compiler warnings as errors])],
		[], [enable_werror=no])
	VMM_WARNINGS="-Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wcast-align"
	AS_IF([test "$enable_werror" = yes],
		[VMM_WARNINGS="$VMM_WARNINGS -Werror"])
	VMM_CFLAGS="-std=gnu11 $VMM_WARNINGS -Wstrict-prototypes -Wmissing-prototypes"
	VMM_CXXFLAGS="$VMM_WARNINGS"
	VMM_LEAN_FLAGS
	AC_SUBST([VMM_CFLAGS])
	AC_SUBST([VMM_CXXFLAGS])
])

# VMM_LEAN_FLAGS
# Sets VMM_LEAN_CFLAGS, with which a process touches fewer pages of the library
# and of native: no procedure linkage table, which would be called at each fork.
# VMM_LEAN_LDFLAGS: no empty function at exit, which has a page of its own.
# Used if compiler and linker have them, and never needed.
AC_DEFUN([VMM_LEAN_FLAGS], [
	vmm_save_CFLAGS=$CFLAGS
	VMM_LEAN_CFLAGS=
	CFLAGS="$vmm_save_CFLAGS -Werror -fPIC -fno-plt"
	AC_MSG_CHECKING([whether $CC takes -fno-plt])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <unistd.h>]],
		[[return (int)getpid();]])],
		[VMM_LEAN_CFLAGS=-fno-plt])
	AC_MSG_RESULT([${VMM_LEAN_CFLAGS:-no}])
	CFLAGS=$vmm_save_CFLAGS
	AC_SUBST([VMM_LEAN_CFLAGS])
	vmm_save_LDFLAGS=$LDFLAGS
	VMM_LEAN_LDFLAGS="-Wl,-fini=vmm_no_fini"
	LDFLAGS="$vmm_save_LDFLAGS -Wl,--fatal-warnings $VMM_LEAN_LDFLAGS"
	AC_MSG_CHECKING([whether $CC takes $VMM_LEAN_LDFLAGS])
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[]])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		VMM_LEAN_LDFLAGS=])
	LDFLAGS=$vmm_save_LDFLAGS
	AC_SUBST([VMM_LEAN_LDFLAGS])
])
