# SPDX-License-Identifier: BSD-3-Clause
# The ABI between libvmmalloc and a backend, tested from outside: plugins as
# older, newer and wrong headers would make them, compiled from
# tests/plugin/abi.c. Each is accepted without a message, or refused with one
# line and status 127, leaving nothing behind.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
plugins=$scratch/plugins
mkdir "$plugins" || exit 99

# compile NAME FLAG...
compile()
{
	name=$1
	shift
	$TEST_CC -std=gnu11 -D_GNU_SOURCE -O -g -Wall -Wextra -Wno-unused \
		-fPIC -fno-builtin -shared -I"$TEST_SRCDIR/include" "$@" \
		-o "$plugins/$name.so" "$TEST_SRCDIR/tests/plugin/abi.c" || {
		fail "does not compile: $name $*"
		exit 1
	}
}

# run NAME COMMAND...
run()
{
	run_name=$1
	shift
	cases=$((cases + 1))
	env -i PATH="$PATH" LD_PRELOAD="$library" VMMALLOC_POOL_DIR="$pool" \
		VMMALLOC_POOL_SIZE=64M VMMALLOC_BACKEND="$run_name" \
		VMMALLOC_BACKEND_PATH="$plugins" "$@" \
		>"$scratch/out" 2>"$scratch/err"
	status=$?
	test -z "$(ls -A "$pool")" || fail "$run_name leaves a file behind"
	return $status
}

# taken NAME: the plugin works, in a program with fork, threads and a report.
taken()
{
	run "$1" VMMALLOC_STATS_FILE="$scratch/report" \
		"$TEST_BUILDDIR/tests/plugin/use"
	status=$?
	test $status = 0 || fail "$1: exit status $status, not 0"
	test ! -s "$scratch/err" || fail "$1 prints: $(cat "$scratch/err")"
	grep -q '"version": *"7.8"' "$scratch/report" ||
		fail "$1: no version in the report"
	rm -f "$scratch/report"
}

# refused NAME TEXT: with this line, which ends in "(searched ...)" up to the
# installed directory. A test only knows that this directory is the last.
refused()
{
	run "$1" true
	status=$?
	test $status = 127 || fail "$1: exit status $status, not 127"
	test ! -s "$scratch/out" || fail "$1 prints: $(cat "$scratch/out")"
	sed 's,^\(.* (searched [^:]*\):/[^:;]*; there:[^)]*)$,\1),' \
		"$scratch/err" >"$scratch/line"
	echo "Error (libvmmalloc): $2" | cmp -s - "$scratch/line" || {
		fail "$1: another text"
		echo "expected: Error (libvmmalloc): $2"
		echo "got:      $(cat "$scratch/line")"
	}
}

# refused_load NAME REASON
refused_load()
{
	refused "$1" "cannot load the VMMALLOC_BACKEND '$1': $2 (searched $plugins)"
}

# Accepted: this header's, an older one's and a newer one's.
compile good
taken good
compile smaller -DSMALLER \
	-DSTRUCT_SIZE='offsetof(struct vmmalloc_backend, min_pool)'
taken smaller
compile larger -DLARGER -DSTRUCT_SIZE='sizeof(vmmalloc_backend)' \
	-DMINOR='VMMALLOC_BACKEND_ABI_MINOR + 1'
taken larger

# Changes that init makes in its copy of the table count: an optional slot that
# it clears is treated as missing, and thread_exit is the new function.
compile replaces -DREPLACES
run replaces "$TEST_BUILDDIR/tests/plugin/use" no-threads
status=$?
test $status = 0 || fail "replaces: exit status $status, not 0"
run replaces "$TEST_BUILDDIR/tests/plugin/use"
status=$?
test $status = 42 || fail "replaces: its thread_exit is not called ($status)"
compile empties -DINIT_EMPTIES
refused_load empties "missing in its table: calloc"

# A version of any length and with any byte in it: the report is still JSON.
long=$(printf '%020000d' 7)
compile wordy -DVERSION="\"7.8\\\\\\\"$long\""
run wordy VMMALLOC_STATS_FILE="$scratch/report" true ||
	fail "wordy: exit status $?"
test "$(wc -c <"$scratch/report")" -lt 8192 || fail "the whole version"
if command -v python3 >/dev/null; then
	python3 - "$scratch/report" <<'END' || fail "wordy: no JSON"
import json, sys
backend = json.load(open(sys.argv[1]))["backend"]
for version in backend["version"], backend["library_version"]:
    assert version.startswith('7.8\\"00000'), version
END
fi
rm -f "$scratch/report"

# The debug variant detects what a backend must not do: it has assertions.
compile twice -DINIT_FREES_TWICE
run twice LD_PRELOAD="$debug_library" true
status=$?
test $status = 127 || fail "an extent is freed twice: exit status $status"
grep -q '^Error (libvmmalloc): assertion failed: .* (.*extent\.c:[0-9]*)$' \
	"$scratch/err" || fail "no assertion: $(cat "$scratch/err")"

# Wrong tables.
compile major -DMAJOR='VMMALLOC_BACKEND_ABI_MAJOR + 1'
refused_load major "its ABI is 2.1, this library's is 1.1"
compile minor0 -DMAJOR=0 -DMINOR=9
refused_load minor0 "its ABI is 0.9, this library's is 1.1"
compile tiny -DSTRUCT_SIZE=4
refused_load tiny "its table has only 4 bytes"
compile missing -DCALLOC=NULL
refused_load missing "missing in its table: calloc"
compile cut -DSTRUCT_SIZE='offsetof(struct vmmalloc_backend, memalign)'
refused_load cut "missing in its table: memalign usable_size"
compile symbol -DOTHER_SYMBOL
refused_load symbol "it has no symbol vmmalloc_backend"

# Recursion: the plugin's reference to malloc is libvmmalloc's.
compile recursion -DMALLOC=malloc
refused_load recursion "its malloc is libvmmalloc's own: endless recursion"
compile recursion-in-init -DINIT_RECURSES
refused_load recursion-in-init \
	"its free is libvmmalloc's own: endless recursion"

# Refusals by the plugin itself.
compile init-fails -DINIT_FAILS
refused_load init-fails "its init failed: No space left on device"
compile init-fatal -DINIT_FATAL
refused init-fatal "this plugin says why"
compile min-pool -DMIN_POOL='((uint64_t)1 << 30)'
refused min-pool "VMMALLOC_POOL_SIZE value is less than the backend min-pool \
needs (67108864 < 1073741824)"

# Not a shared object, or not one for this machine.
compile undefined -DUNDEFINED
refused_load undefined "$plugins/undefined.so: undefined symbol: \
no_such_function"
cat "$TEST_SRCDIR/tests/plugin/abi.sh" >"$plugins/text.so" || exit 99
refused_load text "$plugins/text.so: invalid ELF header"
: >"$plugins/empty.so"
refused_load empty "$plugins/empty.so: file too short"
mkdir "$plugins/directory.so"
refused_load directory "$plugins/directory.so: cannot read file data: Is a directory"
rmdir "$plugins/directory.so"

# patch NAME OFFSET OCTAL: good.so with one byte changed
patch()
{
	cp "$plugins/good.so" "$plugins/$1.so" &&
		printf "\\$3" | dd of="$plugins/$1.so" bs=1 seek="$2" \
			conv=notrunc 2>/dev/null || exit 99
}

# e_machine: 62 is x86-64, 183 AArch64
other=267
test "$(od -An -tu1 -j18 -N1 "$plugins/good.so" | tr -d ' ')" != 183 ||
	other=076
patch machine 18 $other
refused_load machine "it is for another kind of machine"
# e_ident[EI_CLASS]: 32 bits
patch class 4 001
refused_load class "$plugins/class.so: wrong ELF class: ELFCLASS32"

finish
