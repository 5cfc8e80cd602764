# SPDX-License-Identifier: BSD-3-Clause
# The release, made so that it is the same file whenever and wherever it is
# packed: order, owner, modes and times do not come from the disk. Automake's
# own tar command keeps all of them. Wants GNU tar.
am__tar = $${TAR-tar} --format=ustar --sort=name --numeric-owner \
	--owner=0 --group=0 --mode=u=rwX,go=rX \
	--mtime="@`$(srcdir)/packaging/epoch`" -cf - "$$tardir"

EXTRA_DIST += \
	$(packaging_scripts) \
	PACKAGERS
packaging_scripts = \
	packaging/check-tarball \
	packaging/common.sh \
	packaging/epoch
