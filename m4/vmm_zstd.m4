# SPDX-License-Identifier: BSD-3-Clause
# VMM_ZSTD
# --with-zstd=auto|yes|no. zstd compresses traces of allocation calls. Without it
# the recorder is not built, and the commands record, trace and replay say so.
# Sets vmm_have_zstd, vmm_zstd_note, the conditional WITH_ZSTD, ZSTD_CFLAGS and
# ZSTD_LIBS.
AC_DEFUN([VMM_ZSTD], [
	AC_ARG_WITH([zstd],
		[AS_HELP_STRING([--with-zstd=auto|yes|no],
			[record and replay allocations, on zstd 1.4 or later
			[auto]])],
		[], [with_zstd=auto])
	vmm_have_zstd=no
	vmm_zstd_note=" (switched off)"
	AS_IF([test "$enable_tools" = no],
		[vmm_zstd_note=" (without the command)"],
		[test "$with_zstd" != no],
		[PKG_CHECK_MODULES([ZSTD], [libzstd >= 1.4.0],
			[vmm_have_zstd=yes
			vmm_zstd_note=],
			[vmm_zstd_note=" (libzstd >= 1.4 is missing)"])])
	AS_IF([test "$with_zstd:$vmm_have_zstd" = yes:no],
		[AC_MSG_ERROR([--with-zstd=yes, but$vmm_zstd_note])])
	AM_CONDITIONAL([WITH_ZSTD], [test "$vmm_have_zstd" = yes])
])
