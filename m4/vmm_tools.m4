# SPDX-License-Identifier: BSD-3-Clause
# VMM_TOOLS
# --disable-tools leaves out the command vmmalloc, and --without-jansson its
# option --json. If jansson is missing, the option is not left out silently: a
# package could lose it unnoticed.
AC_DEFUN([VMM_TOOLS], [
	AC_ARG_ENABLE([tools],
		[AS_HELP_STRING([--disable-tools],
			[leave out the command vmmalloc])],
		[], [enable_tools=yes])
	AC_ARG_WITH([jansson],
		[AS_HELP_STRING([--without-jansson],
			[build vmmalloc compare without its option --json])],
		[], [with_jansson=yes])
	vmm_tools_note=
	AS_IF([test "$enable_tools:$with_jansson" = yes:no],
		[vmm_tools_note=" (without --json)"])
	AS_IF([test "$enable_tools:$with_jansson" = yes:yes],
		[PKG_CHECK_MODULES([JANSSON], [jansson >= 2.7], [],
			[AC_MSG_ERROR([jansson >= 2.7 is missing: install it, or
				leave out what needs it with --without-jansson])])])
	AM_CONDITIONAL([WITH_TOOLS], [test "$enable_tools" = yes])
	AM_CONDITIONAL([WITH_JANSSON], [test "$with_jansson" = yes])
])
