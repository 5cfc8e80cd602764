# SPDX-License-Identifier: BSD-3-Clause
# This project, configured and built: each process of the build has a pool.
test -x "$TEST_SRCDIR/configure" || {
	echo "no configure script"
	exit 77
}
"$TEST_SRCDIR/configure" -q >configure.log 2>&1 || {
	cat configure.log
	exit 1
}
make -s -j2 >make.log 2>&1 || {
	tail -n 50 make.log
	exit 1
}
find . -name '*.o' | LC_ALL=C sort | cksum
./vmmalloc --version
./vmmalloc backends >/dev/null
echo "backends: $?"
