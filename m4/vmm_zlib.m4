# SPDX-License-Identifier: BSD-3-Clause
# VMM_ZLIB
# --with-zlib=auto|yes|no. zlib compresses the profiles that the command writes
# for pprof. Without it they are larger.
# Sets vmm_have_zlib, vmm_zlib_note, the conditional WITH_ZLIB, ZLIB_CFLAGS and
# ZLIB_LIBS.
AC_DEFUN([VMM_ZLIB], [
	AC_ARG_WITH([zlib],
		[AS_HELP_STRING([--with-zlib=auto|yes|no],
			[compress profiles, with zlib 1.2 or later [auto]])],
		[], [with_zlib=auto])
	vmm_have_zlib=no
	vmm_zlib_note=" (switched off)"
	AS_IF([test "$enable_tools" = no],
		[vmm_zlib_note=" (without the command)"],
		[test "$with_zlib" != no],
		[PKG_CHECK_MODULES([ZLIB], [zlib >= 1.2],
			[vmm_have_zlib=yes
			vmm_zlib_note=],
			[vmm_zlib_note=" (zlib >= 1.2 is missing)"])])
	AS_IF([test "$with_zlib:$vmm_have_zlib" = yes:no],
		[AC_MSG_ERROR([--with-zlib=yes, but$vmm_zlib_note])])
	AM_CONDITIONAL([WITH_ZLIB], [test "$vmm_have_zlib" = yes])
])
