# SPDX-License-Identifier: BSD-3-Clause
# Firefox without a screen: the picture of a page whose script builds it.
. "$TEST_SRCDIR/tests/apps/common.sh"

browser=$(command -v firefox-esr || command -v firefox || true)
test -n "$browser" || skip "no firefox"
. "$TEST_SRCDIR/tests/apps/page.sh"
export MOZ_HEADLESS=1 MOZ_DISABLE_CONTENT_SANDBOX=1
for turn in 1 2; do
	timeout 120 "$browser" --headless --no-remote --profile "$PWD/profile" \
		--window-size=600,800 --screenshot "$PWD/picture.png" \
		"file://$PWD/page.html" >>browser.log 2>&1
	echo "turn $turn: exit status $?"
	cksum <picture.png
done
