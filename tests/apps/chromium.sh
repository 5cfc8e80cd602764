# SPDX-License-Identifier: BSD-3-Clause
# Chromium without a screen: the document and the picture of a page whose script
# builds it, in a browser, a renderer and their helpers.
. "$TEST_SRCDIR/tests/apps/common.sh"

browser=$(command -v chromium || command -v google-chrome || true)
test -n "$browser" || skip "no chromium"
. "$TEST_SRCDIR/tests/apps/page.sh"
browse()
{
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu \
		--user-data-dir="$PWD/profile" --disable-dev-shm-usage \
		--no-first-run --hide-scrollbars --window-size=600,800 \
		--virtual-time-budget=5000 "$@" "file://$PWD/page.html" \
		2>>browser.log
	echo "exit status $?"
}
browse --dump-dom | sed '/^ *$/d' | cksum
browse --dump-dom | grep -o 'id="out">[^<]*'
browse --screenshot="$PWD/picture.png"
cksum <picture.png
