# SPDX-License-Identifier: BSD-3-Clause
# Backends as others write them: not part of the build. Each has a Makefile that
# needs only the installed header and pkg-config. tests/plugin/outside.sh builds
# and checks them.
EXTRA_DIST += \
	examples/backend-bump/Makefile \
	examples/backend-bump/bump.c \
	examples/backend-mimalloc/Makefile \
	examples/backend-mimalloc/gate.c \
	examples/backend-mimalloc/gate.h \
	examples/backend-mimalloc/mimalloc.c
