# SPDX-License-Identifier: BSD-3-Clause
# Zeroed arrays on a tmpfs of which a tenth is touched: with VMMALLOC_COMMIT=touch
# they take up what was touched, and without it all of their size, also if the
# address space has been used before.
. "$TEST_SRCDIR/tests/lib.sh"

need_room "$fast_dir" 700
make_scratch "$fast_dir"

# hold WHAT [NAME=VALUE]: MiB in blocks and MiB held, of 8 arrays at a time
hold()
{
	preload native 1G "$@" "$TEST_BUILDDIR/bench/sparse" 0.5 |
		sed -n 's/^metric [a-z_]* //p' | while read -r bytes; do
		echo $((bytes >> 20))
	done
}

# shellcheck disable=SC2046 # two numbers
set -- $(hold VMMALLOC_COMMIT=touch)
echo "touched: $1 MiB, held with touch: $2 MiB"
cases=$((cases + 1))
test "$1" -ge 40 && test "$2" -le $(($1 * 3 / 2)) || fail "touch: $*"

# shellcheck disable=SC2046 # two numbers
set -- $(hold VMMALLOC_COMMIT=all)
echo "touched: $1 MiB, held with all: $2 MiB"
cases=$((cases + 1))
test "$2" -ge $(($1 * 8)) || fail "all: $*"
finish
