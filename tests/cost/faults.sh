# SPDX-License-Identifier: BSD-3-Clause
# Page faults that the native heap adds to the start of a process, and to each
# fork of a shell: parent and child together. With a pool in memory, so that no
# file is opened.
. "$TEST_SRCDIR/tests/lib.sh"

need bash
need_true
make_scratch "$fast_dir"

# added COMMAND: to one run of it, as a median of 15.
added()
{
	"$TEST_BUILDDIR/bench/startup_cost" 15 "$1" \
		LD_PRELOAD="$library" VMMALLOC_POOL_DIR=ram \
		VMMALLOC_POOL_SIZE=1G VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH="$backends" |
		awk '{ printf "%d\n", $11 }'
}

# forks N: a script that forks N times
forks()
{
	cat >"$scratch/forks-$1" <<-END
		#!$(command -v bash)
		for ((i = 0; i < $1; i++)); do (:); done
	END
	chmod +x "$scratch/forks-$1"
}

forks 20
forks 120
start=$(added "$true")
few=$(added "$scratch/forks-20")
many=$(added "$scratch/forks-120")
test -n "$start" && test -n "$few" && test -n "$many" ||
	die "startup_cost printed no counts"
fork=$(((many - few) / 100))
echo "page faults added to a start: $start, to a fork: $fork"
test "$start" -le 37 || fail "more than 37 page faults for a start"
# 25 with gcc, 31 with clang
test "$fork" -le 33 || fail "more than 33 page faults for a fork"
finish
