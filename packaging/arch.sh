# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # for those who source it
# Debian's architectures, for packaging/setup-arch and check-arch; sourced. And
# pages64k, which is this machine, taken to have pages of 64 KiB.

# find_arch ARCH: the prefix of its compiler as $triplet, the directory of its
# libraries in /usr/lib as $multiarch, and what runs its programs as $emulator,
# empty where this machine's processor does
find_arch()
{
	arch=$1
	case $arch in
	arm64) triplet=aarch64-linux-gnu emulator=qemu-aarch64 ;;
	armhf) triplet=arm-linux-gnueabihf emulator=qemu-arm ;;
	i386) triplet=i686-linux-gnu emulator= ;;
	ppc64el) triplet=powerpc64le-linux-gnu emulator=qemu-ppc64le ;;
	riscv64) triplet=riscv64-linux-gnu emulator=qemu-riscv64 ;;
	s390x) triplet=s390x-linux-gnu emulator=qemu-s390x ;;
	pages64k) triplet=$(gcc -print-multiarch) emulator= ;;
	*)
		echo "usage: $0 arm64|armhf|i386|ppc64el|riscv64|s390x" \
			"|pages64k" >&2
		exit 2
		;;
	esac
	multiarch=$triplet
	[ "$arch" != i386 ] || multiarch=i386-linux-gnu
}
