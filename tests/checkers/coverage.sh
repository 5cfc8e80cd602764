# SPDX-License-Identifier: BSD-3-Clause
# The tests reach at least 95 % of the lines of core/, interpose/ and
# backends/native/. TEST_COVERAGE=short: only those of make check-quick, which must
# reach 80 %. The log has the lines that they do not reach.
. "$TEST_SRCDIR/tests/lib.sh"

need gcc gcovr python3
set -- --directory "$TEST_BUILDDIR/coverage"
case ${TEST_COVERAGE-} in
short) set -- "$@" --minimum 80 check-quick ;;
*) set -- "$@" --minimum 95 check check-wide check-faults FAULTS=short ;;
esac
# this is a test of make check itself
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES MFLAGS
"$TEST_SRCDIR/scripts/coverage" "$@" || fail "see above"
finish
