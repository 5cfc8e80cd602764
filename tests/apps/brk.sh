# SPDX-License-Identifier: BSD-3-Clause
# stress-ng's stressor of brk, which is not content with the break as it is when a
# program starts.
. "$TEST_SRCDIR/tests/apps/common.sh"

need stress-ng
as_user
stress-ng --no-rand-seed --timeout 4 --brk 1 --brk-ops 100 --metrics-brief \
	>log 2>&1
echo "exit status $?"
awk '$4 == "brk" { print "operations:", $5; exit }' log
