# SPDX-License-Identifier: BSD-3-Clause
# The tests reach at least 95 % of the lines of core/, interpose/ and
# backends/native/. TEST_COVERAGE=short: only those of make check-quick, which must
# reach 80 %; TEST_COVERAGE=faults: those of check-faults as well. The log has the
# lines that they do not reach, by function.
. "$TEST_SRCDIR/tests/lib.sh"

need gcc gcovr python3
set -- --directory "$TEST_BUILDDIR/coverage"
case ${TEST_COVERAGE-} in
short) set -- "$@" --minimum 80 check-quick ;;
faults)
	set -- "$@" --minimum 95 check-counted check-faults FAULTS=short \
		test_backends=native
	;;
*) set -- "$@" --minimum 95 check-counted ;;
esac
# this is a test of make check itself
unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES MFLAGS
"$TEST_SRCDIR/scripts/coverage" "$@" || fail "see above"
finish
