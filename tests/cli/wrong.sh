# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2016,SC2034,SC2317 # evaluated by others
# Set-ups that are wrong in six ways, for tests/cli/doctor.sh and
# scripts/gallery.

# One per line: the finding that says what is wrong, a text that it has, and a
# command line in the directory that make_wrong has filled.
wrong_setups='
directory|No such file or directory|vmmalloc doctor --pool-dir ./pmem
pool-size|14M|vmmalloc doctor --pool-size 1M
address-space|ulimit -v|ulimit -v 262144; vmmalloc doctor --pool-size 512M
start|its ABI is 2[.]|VMMALLOC_BACKEND_PATH=$PWD vmmalloc doctor --backend later
preload|statically linked|vmmalloc doctor ./static
own-malloc|defines malloc|vmmalloc doctor ./own-malloc
'

# make_wrong SOURCE CC: makes what these command lines use in the current
# directory: a backend for a later version of the interface, a program that is
# statically linked, and one that has its own malloc. SOURCE is the source tree,
# CC a C compiler with its options.
make_wrong()
{
	$2 -std=gnu11 -D_GNU_SOURCE -O -w -fPIC -fno-builtin -shared \
		-I"$1/include" -DMAJOR='VMMALLOC_BACKEND_ABI_MAJOR + 1' \
		-o later.so "$1/tests/plugin/abi.c" &&
		echo 'void _start(void) { for (;;) ; }' >static.c &&
		$2 -static -nostdlib -o static static.c &&
		printf '%s\n' '#include <stddef.h>' 'static char b[64];' \
			'void *malloc(size_t n) { (void)n; return b; }' \
			'void free(void *p) { (void)p; }' \
			'int main(void) { return malloc(1) == NULL; }' \
			>own-malloc.c &&
		$2 -fno-builtin -o own-malloc own-malloc.c
}

# doctor_wrong DIRECTORY VMMALLOC COMMAND-LINE: runs it there, with this
# vmmalloc.
doctor_wrong()
(
	wrong_vmmalloc=$2
	vmmalloc()
	{
		"$wrong_vmmalloc" "$@"
	}
	cd "$1" && eval "$3"
)
