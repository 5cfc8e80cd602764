# SPDX-License-Identifier: BSD-3-Clause
# No cycles: no two files of core/, base/ and os/ use each other, directly or
# indirectly, nor two of the native backend and its debug layer.
. "$TEST_SRCDIR/tests/lib.sh"

cd "$TEST_BUILDDIR" || exit 99
NM=$TEST_NM
export NM
for directory in core os base; do
	"$TEST_SRCDIR/scripts/arrows" "$directory"/.libs/libcore_la-*.o || exit 1
done
for layer in backends debug; do
	"$TEST_SRCDIR/scripts/arrows" \
		backends/native/.libs/${layer}_native_la-*.o || exit 1
done
