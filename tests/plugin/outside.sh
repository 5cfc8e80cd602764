# SPDX-License-Identifier: BSD-3-Clause
# Backends from outside, for "make installcheck": both examples are built with
# what is installed and pkg-config, with nothing of the source tree in reach,
# put into a plugin directory, and checked by the installed command. mimalloc
# also runs real programs. Writes nothing to the prefix.
#
# TEST_BINDIR and TEST_PKGCONFIGDIR are the installed directories.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
# shellcheck disable=SC2046 # a list of words
unset $(env | sed -n 's/^\(VMMALLOC_[A-Z_]*\)=.*/\1/p')
unset MAKEFLAGS MAKELEVEL MFLAGS CFLAGS CPPFLAGS LDFLAGS
vmmalloc=$TEST_BINDIR/vmmalloc
PKG_CONFIG_PATH=$TEST_PKGCONFIGDIR
export PKG_CONFIG_PATH

VMMALLOC_POOL_DIR=$fast_dir
export VMMALLOC_POOL_DIR
need_room "$fast_dir" 1024
need "${PKG_CONFIG:-pkg-config}"
backenddir=$("${PKG_CONFIG:-pkg-config}" --variable=backenddir libvmmalloc)
test -d "$backenddir" || fail "no directory backenddir: $backenddir"
VMMALLOC_BACKEND_PATH=$scratch/root$backenddir
export VMMALLOC_BACKEND_PATH

# build NAME: in a directory of its own, as an author does, and installed.
build()
{
	cp -R "$TEST_SRCDIR/examples/backend-$1" "$scratch/$1" &&
		chmod -R u+w "$scratch/$1" || exit 99
	make -s -C "$scratch/$1" CC="$TEST_CC" \
		CFLAGS="-O2 -g -Wall -Wextra -Wshadow -Werror" &&
		make -s -C "$scratch/$1" install DESTDIR="$scratch/root" || {
		fail "$1 does not build"
		return 1
	}
	test -f "$VMMALLOC_BACKEND_PATH/$1.so" ||
		fail "$1 is not installed in $backenddir"
}

# check NAME MAY_LACK: one line per check, and only MAY_LACK may be missing.
check()
{
	echo "vmmalloc backends --check $1:"
	"$vmmalloc" backends --check "$1" >"$scratch/out" ||
		fail "$1: exit status $?"
	cat "$scratch/out"
	grep ' lacks: ' "$scratch/out" | awk '{ printf "%s ", $1 }' \
		>"$scratch/lacks"
	test "$(cat "$scratch/lacks")" = "$2" ||
		fail "$1 lacks: $(cat "$scratch/lacks")"
}

build bump && check bump "recovery reuse thread-reuse give-back statistics "
test "$(wc -l <"$TEST_SRCDIR/examples/backend-bump/bump.c")" -le 150 ||
	fail "the tutorial's backend has grown beyond 150 lines"

echo '#include <mimalloc.h>' | $TEST_CC -E - >/dev/null 2>&1 || {
	test $failures = 0 || exit 1
	skip "no libmimalloc to build the other example with"
}
build mimalloc || exit 1
check mimalloc "give-back statistics "
"$vmmalloc" backends | grep -q '^mimalloc  *1\.0  *2\.' ||
	fail "the list has no mimalloc with its version"

# same COMMAND...: gives the same result with mimalloc as without.
same()
{
	"$@" >"$scratch/expected" 2>&1
	"$vmmalloc" run --backend mimalloc --pool-size 1G -- "$@" \
		>"$scratch/out" 2>&1 || fail "$1: exit status $?"
	test -s "$scratch/expected" || fail "$1 prints nothing"
	cmp "$scratch/expected" "$scratch/out" || fail "$1 does something else"
}

if command -v python3 >/dev/null 2>&1; then
	PYTHONMALLOC=malloc
	export PYTHONMALLOC
	same python3 -c '
import json, os, subprocess, sys, threading
def work(n):
    for i in range(20):
        found[n] = sum(map(len, json.loads(json.dumps([str(n)] * 5000))))
found = [0] * 4
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
[t.start() for t in threads]
for i in range(5):
    pid = os.fork()
    if pid == 0:
        os._exit(len(json.dumps(list(range(1000)))) % 100)
    print(os.waitpid(pid, 0)[1])
[t.join() for t in threads]
print(found, subprocess.check_output(["echo", "a child"]))'
fi
if command -v perl >/dev/null 2>&1; then
	same perl -e '
my %h;
$h{$_ % 1000} .= "x" x ($_ % 50) for 1 .. 100000;
my @k = sort { length($h{$a}) <=> length($h{$b}) || $a <=> $b } keys %h;
if (my $pid = fork) { waitpid $pid, 0; print "child: $?\n" } else { exit 3 }
print join(",", @k[0 .. 20]), " ", length(join "", values %h), "\n"'
fi

# Refusals, with a line that says what to change.
#
# refused TEXT ARGUMENT...
refused()
{
	text=$1
	shift
	"$@" true >"$scratch/out" 2>&1
	test $? = 127 || fail "not refused: $*"
	echo "Error (libvmmalloc): $text" | cmp - "$scratch/out" ||
		fail "another text: $(cat "$scratch/out")"
}
refused "mimalloc: MIMALLOC_RESERVE_OS_MEMORY and \
MIMALLOC_RESERVE_HUGE_OS_PAGES would put blocks outside the pool; unset them" \
	env MIMALLOC_RESERVE_OS_MEMORY=65536 "$vmmalloc" run -b mimalloc -s 1G
refused "VMMALLOC_POOL_SIZE value is less than the backend mimalloc needs \
(67108864 < 134217728)" "$vmmalloc" run -b mimalloc -s 64M

finish
