# SPDX-License-Identifier: BSD-3-Clause
# Programs that link an allocator of their own work with every backend, or one
# line says why they do not. (redis-server, which links libjemalloc, is in
# tests/apps.)
. "$TEST_SRCDIR/tests/adapter/common.sh"


# build PROGRAM LIBRARY: from PROGRAM.c, linked with -lLIBRARY
build()
{
	$TEST_CC -fno-builtin -pthread -I. -I"$TEST_SRCDIR" \
		-I"$TEST_SRCDIR/include" -o "$scratch/$1-$2" \
		"$TEST_SRCDIR/tests/adapter/$1.c" -Wl,--no-as-needed "-l$2" \
		2>"$scratch/err"
}

for lib in jemalloc tcmalloc_minimal tcmalloc mimalloc; do
	if ! build linked "$lib"; then
		echo "not tested, because it is not there: lib$lib"
		continue
	fi
	build fork "$lib" || exit 99
	for b in native $(adapters); do
		preload "$b" 256M "$scratch/linked-$lib" \
			2>"$scratch/err"
		status=$?
		case $b/$lib in
		tcmalloc/tcmalloc*)
			# its allocator is already in use when libvmmalloc
			# starts
			test $status -eq 127 &&
				test "$(wc -l <"$scratch/err")" -eq 1 &&
				grep -q 'links libtcmalloc' "$scratch/err"
			check "$b refuses a program linked with $lib" $?
			continue
			;;
		esac
		cat "$scratch/err"
		check "$b, a program linked with $lib" $status
		preload "$b" 256M "$scratch/fork-$lib"
		check "$b, a program linked with $lib: fork" $?
	done
done
finish
