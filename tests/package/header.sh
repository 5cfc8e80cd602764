# SPDX-License-Identifier: BSD-3-Clause
# libvmmalloc.h declares what the header of libvmmalloc 1.1 declared: source
# written for that one compiles, in C and in C++, with every standard, whichever
# other headers it includes and in which order, with all warnings as errors.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

# All functions of the family, with the types that they have; ssize_t is from
# sys/types.h, which the header of 1.1 included.
cat >"$scratch/body" <<'END'
static size_t
use_all(void)
{
	void *p = malloc(1);
	void *volatile q = calloc(2, 3);
	ssize_t signed_size = 4;
	size_t size = VMMALLOC_MIN_POOL;

	p = realloc(p, 5);
	free(p);
	cfree(q);
	if (posix_memalign(&p, 64, 6) == 0)
		free(p);
	free(aligned_alloc(64, 64));
	free(memalign(64, 7));
	free(valloc(8));
	p = pvalloc(9);
	size += malloc_usable_size(p);
	free(p);
	return size + (size_t)signed_size;
}

int
main(void)
{
	return use_all() == 0;
}
END

flags="-Wall -Wextra -Wredundant-decls -Wshadow -Wundef -Wpedantic -Werror"
flags="$flags -Wno-deprecated-declarations -I$TEST_SRCDIR/include"

# compile COMPILER SUFFIX STANDARD HEADER...
compile()
{
	compiler=$1
	source=$scratch/source.$2
	standard=$3
	shift 3
	for header; do
		echo "#include <$header>"
	done | cat - "$scratch/body" >"$source"
	$compiler $flags -std=$standard -fsyntax-only "$source" ||
		fail "$compiler -std=$standard: $*"
	cases=$((cases + 1))
}

in_every_order()
{
	compile "$@" libvmmalloc.h
	compile "$@" stdlib.h malloc.h libvmmalloc.h
	compile "$@" libvmmalloc.h malloc.h stdlib.h
	compile "$@" stdlib.h libvmmalloc.h malloc.h
	compile "$@" malloc.h libvmmalloc.h stdlib.h libvmmalloc.h
}

for standard in c99 gnu99 c11 gnu17; do
	in_every_order "$TEST_CC -Wstrict-prototypes" c $standard
	# the program's feature macros expose the C library's declaration
	in_every_order "$TEST_CC -D_POSIX_C_SOURCE=200809L" c $standard
	in_every_order "$TEST_CC -D_GNU_SOURCE" c $standard
done
case $TEST_CXX in
"" | no) echo "no C++ compiler" ;;
*)
	for standard in c++98 gnu++98 c++17; do
		in_every_order "$TEST_CXX -Wno-long-long" cc $standard
		compile "$TEST_CXX -Wno-long-long" cc $standard \
			cstdlib new libvmmalloc.h
	done
	;;
esac

# The library also exports them: they are linked, not only declared.
cat - "$scratch/body" >"$scratch/linked.c" <<END
#include <libvmmalloc.h>
END
$TEST_CC $flags -o "$scratch/linked" "$scratch/linked.c" \
	"$TEST_BUILDDIR/.libs/libvmmalloc.so" \
	-Wl,-rpath,"$TEST_BUILDDIR/.libs" || fail "cannot be linked"
env VMMALLOC_POOL_DIR="$pool" VMMALLOC_POOL_SIZE=64M \
	VMMALLOC_BACKEND=native \
	VMMALLOC_BACKEND_PATH="$backends" \
	"$scratch/linked" || fail "exit status $? of the linked program"

finish
