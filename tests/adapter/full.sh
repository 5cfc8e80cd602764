# SPDX-License-Identifier: BSD-3-Clause
# A pool that stays full keeps its usable space: for a few seconds here, for an
# hour in "make check-full" (MINUTES=60).
. "$TEST_SRCDIR/tests/adapter/common.sh"

for b in native $(adapters); do
	preload "$b" 64M tests/adapter/full "${FULL_SECONDS:-2}"
	check "$b" $?
done
finish
