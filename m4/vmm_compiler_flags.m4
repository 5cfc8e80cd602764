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
	AC_SUBST([VMM_CFLAGS])
	AC_SUBST([VMM_CXXFLAGS])
])
