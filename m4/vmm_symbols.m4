# SPDX-License-Identifier: BSD-3-Clause
# VMM_SYMBOLS
# --with-elfutils=auto|yes|no. vmmalloc trace loads libdw when it is needed, for
# names of functions: only its header is used here. Without it, or without the
# library, call sites are shown as files and offsets.
# Sets vmm_have_elfutils, vmm_elfutils_note and HAVE_ELFUTILS_LIBDWFL_H.
AC_DEFUN([VMM_SYMBOLS], [
	AC_ARG_WITH([elfutils],
		[AS_HELP_STRING([--with-elfutils=auto|yes|no],
			[names of functions in traces, by libdw of elfutils
			[auto]])],
		[], [with_elfutils=auto])
	vmm_have_elfutils=no
	vmm_elfutils_note=" (switched off)"
	AS_IF([test "$vmm_have_zstd" = no],
		[vmm_elfutils_note=" (without traces)"],
		[test "$with_elfutils" != no],
		[AC_CHECK_HEADERS([elfutils/libdwfl.h],
			[vmm_have_elfutils=yes
			vmm_elfutils_note=],
			[vmm_elfutils_note=" (elfutils/libdwfl.h is missing)"])])
	AS_IF([test "$with_elfutils:$vmm_have_elfutils" = yes:no],
		[AC_MSG_ERROR([--with-elfutils=yes, but$vmm_elfutils_note])])
])
