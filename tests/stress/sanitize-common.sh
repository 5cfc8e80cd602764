# SPDX-License-Identifier: BSD-3-Clause
# To be sourced: builds programs with a sanitizer, in a directory of their own
# in the build directory, and runs them.
. "$TEST_SRCDIR/tests/lib.sh"

# shellcheck disable=SC2034 # for those who source it
seconds=${TEST_SECONDS:-10}

# build_with NAME COMPILER FLAGS PROGRAM...: with these flags; skips the test if
# the compiler's programs cannot run with them.
build_with()
{
	name=$1
	compiler=$2
	flags=$3
	shift 3
	make_scratch "$fast_dir"
	echo 'int main(void) { return 0; }' >"$scratch/try.c"
	# shellcheck disable=SC2086 # a list of words
	$compiler $flags -o "$scratch/try" "$scratch/try.c" 2>/dev/null ||
		skip "$compiler has no runtime library for $flags"
	# runtimes of 2022 fail if addresses are as random as Linux permits
	without_aslr=
	if ! "$scratch/try" 2>/dev/null; then
		setarch -R "$scratch/try" 2>/dev/null ||
			skip "programs built with $flags do not run here"
		without_aslr="setarch -R"
	fi
	directory=$TEST_BUILDDIR/sanitized-$name
	mkdir -p "$directory" && cd "$directory" || exit 99
	if ! test -f config.status || ! grep -qxF -e "$flags" flags ||
		test "$TEST_SRCDIR/configure" -nt config.status; then
		"$TEST_SRCDIR/configure" -q --disable-silent-rules \
			CC="$compiler" CFLAGS="-g -O1 $flags" \
			CXXFLAGS="-g -O1" >configured 2>&1 || {
			tail -n 20 configured
			die "configure"
		}
		printf '%s\n' "$flags" >flags
	fi
	"${MAKE:-make}" -s "$@" >built 2>&1 || {
		tail -n 20 built
		die "make $*"
	}
	cd "$scratch" || exit 99
}

# run PROGRAM ARGUMENT...: from that directory, in an empty one on a fast file
# system
run()
{
	program=$1
	shift
	echo "running $program"
	# shellcheck disable=SC2086 # a command, or none
	MODEL_POOL_DIR=$scratch $without_aslr "$directory/$program" "$@" ||
		die "$program: exit status $?"
}
