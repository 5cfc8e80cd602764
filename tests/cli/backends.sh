# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc backends: the list, and backends that do not load.
# tests/plugin/conform.sh tests --check.
. "$TEST_SRCDIR/tests/cli/common.sh"

version=$("$vmmalloc" --version)

runs 0 "$vmmalloc" backends
head -n 1 "$scratch/out" | grep -qx 'NAME  *VERSION  *ALLOCATOR  *ABI  *FILE' ||
	fail "another headline: $(head -n 1 "$scratch/out")"
for backend in $TEST_BACKENDS; do
	grep -E "^$backend( \(default\))? +${version#* } +[^ ]+ +[0-9.]+ +\
$backends/$backend.so$" "$scratch/out" ||
		fail "$backend is not listed"
done
test "$(grep -c "(default)" "$scratch/out")" = 1 || fail "not one default"

# One that is not a library, one of another name, and one that is no plugin.
mkdir "$scratch/plugins" || exit 99
echo text >"$scratch/plugins/broken.so"
echo text >"$scratch/plugins/not_a_name.so"
echo text >"$scratch/plugins/README"
cp "$backends/native.so" "$scratch/plugins/native.so" || exit 99
VMMALLOC_BACKEND_PATH=$scratch/plugins
export VMMALLOC_BACKEND_PATH
runs 1 "$vmmalloc" backends
grep -E "^broken +- +- +- +$scratch/plugins/broken.so: does not load: .+" \
	"$scratch/out" || fail "broken.so is not said to be so"
grep -q "^native .* $scratch/plugins/native.so$" "$scratch/out" ||
	fail "the first directory does not come first"
grep -e README -e not_a_name "$scratch/out" && fail "not a plugin"

refuses 2 "backends: unexpected argument 'native'; see 'vmmalloc help backends'" \
	"$vmmalloc" backends native
refuses 2 "backends --check: this option needs a value; see 'vmmalloc help \
backends'" "$vmmalloc" backends --check
runs 1 "$vmmalloc" backends --check none
grep -q "^vmmalloc: no backend 'none' in $scratch/plugins:" "$scratch/err" ||
	fail "other text for a backend that is not there"
finish
