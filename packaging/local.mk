# SPDX-License-Identifier: BSD-3-Clause
# The release, made so that it is the same file whenever and wherever it is
# packed: order, owner, modes and times do not come from the disk. Automake's
# own tar command would keep those. Needs GNU tar.
am__tar = $${TAR-tar} --format=ustar --sort=name --numeric-owner \
	--owner=0 --group=0 --mode=u=rwX,go=rX \
	--mtime="@`$(srcdir)/packaging/epoch`" -cf - "$$tardir"

EXTRA_DIST += \
	$(debian_files) \
	$(packaging_scripts) \
	PACKAGERS \
	packaging/libvmmalloc.rpmlintrc \
	packaging/libvmmalloc.spec \
	packaging/include/check.h
packaging_scripts = \
	packaging/abi.suppressions \
	packaging/arch.sh \
	packaging/check-abi \
	packaging/check-arch \
	packaging/check-chroot \
	packaging/check-debian \
	packaging/check-musl \
	packaging/check-rpm \
	packaging/check-tarball \
	packaging/chroot.sh \
	packaging/common.sh \
	packaging/epoch \
	packaging/last-release \
	packaging/setup-arch
debian_files = \
	packaging/debian/changelog \
	packaging/debian/control \
	packaging/debian/copyright \
	packaging/debian/libvmmalloc-dev.examples \
	packaging/debian/libvmmalloc-dev.install \
	packaging/debian/libvmmalloc-dev.manpages \
	packaging/debian/libvmmalloc-doc.docs \
	packaging/debian/libvmmalloc1-debug.install \
	packaging/debian/libvmmalloc1-debug.lintian-overrides \
	packaging/debian/libvmmalloc1.install \
	packaging/debian/libvmmalloc1.manpages \
	packaging/debian/libvmmalloc1.symbols \
	packaging/debian/not-installed \
	packaging/debian/rules \
	packaging/debian/source/format \
	packaging/debian/tests/backends \
	packaging/debian/tests/control \
	packaging/debian/tests/development \
	packaging/debian/vmmalloc-backend-jemalloc.install \
	packaging/debian/vmmalloc-backend-jemalloc.manpages \
	packaging/debian/vmmalloc-backend-tcmalloc.install \
	packaging/debian/vmmalloc-backend-tcmalloc.manpages \
	packaging/debian/vmmalloc-tools.install \
	packaging/debian/vmmalloc-tools.manpages

# The interface against that of the last release; packages in clean systems.
SUITES = bookworm trixie testing
check-abi:
	$(srcdir)/packaging/check-abi
check-distributions: check-abi
	$(srcdir)/packaging/check-tarball
	for suite in $(SUITES); do \
		$(srcdir)/packaging/check-chroot $$suite || exit; \
	done
.PHONY: check-abi check-distributions
