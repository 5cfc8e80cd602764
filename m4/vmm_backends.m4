# SPDX-License-Identifier: BSD-3-Clause
# VMM_BACKEND(NAME, LIBRARY, CHECKS)
# --with-NAME=auto|yes|no. CHECKS sets vmm_have_NAME to yes, or to no with the
# reason in vmm_NAME_note. Only --with-NAME=yes makes a missing library an
# error. Sets the conditional WITH_NAME.
AC_DEFUN([VMM_BACKEND], [
	AC_ARG_WITH([$1],
		[AS_HELP_STRING([--with-$1=auto|yes|no],
			[build the backend $1, on $2 [auto]])],
		[], [with_$1=auto])
	vmm_have_$1=no
	vmm_$1_note=
	AS_CASE([$with_$1],
		[no], [vmm_$1_note=" (switched off)"],
		[yes|auto], [$3],
		[AC_MSG_ERROR([--with-$1 must be auto, yes or no])])
	AS_IF([test "$with_$1:$vmm_have_$1" = yes:no],
		[AC_MSG_ERROR([--with-$1=yes, but$vmm_$1_note])])
	AM_CONDITIONAL(m4_toupper([WITH_$1]), [test "$vmm_have_$1" = yes])
])
