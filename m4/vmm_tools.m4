# SPDX-License-Identifier: BSD-3-Clause
# VMM_TOOLS
# The command vmmalloc, which needs jansson; --disable-tools leaves it out. If
# jansson is missing, the command is not left out silently: a package could lose
# it unnoticed.
AC_DEFUN([VMM_TOOLS], [
	AC_ARG_ENABLE([tools],
		[AS_HELP_STRING([--disable-tools],
			[leave out the command vmmalloc])],
		[], [enable_tools=yes])
	AS_IF([test "$enable_tools" = yes],
		[PKG_CHECK_MODULES([JANSSON], [jansson >= 2.7], [],
			[AC_MSG_ERROR([jansson >= 2.7 is missing: install it, or
				leave out the command that needs it with
				--disable-tools])])])
	AM_CONDITIONAL([WITH_TOOLS], [test "$enable_tools" = yes])
])
