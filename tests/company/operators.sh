# SPDX-License-Identifier: BSD-3-Clause
# The operators new and delete of C++ are the program's, or its library's, and
# never ours. Each form is used, with enough memory and without, in programs
# that replace none or some of the operators, in the program, in a library, and
# in a module that a C program loads: the calls and their results are the same
# in a pool as without one, and the memory is the pool's.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
pool=$fast_dir
no_case="no C++ program can be compiled"
sources=$TEST_SRCDIR/tests/company

# compare BACKENDS WHAT COMMAND...: the same in a pool as without one
compare()
{
	on=$1
	what=$2
	shift 2
	"$@" >"$scratch/expected" 2>&1 || {
		fail "$what: not without a pool either"
		cat "$scratch/expected"
		return
	}
	for b in $on; do
		cases=$((cases + 1))
		preload "$b" 64M "$@" >"$scratch/got" 2>&1
		status=$?
		diff "$scratch/expected" "$scratch/got" && test $status = 0 ||
			fail "$what, $b: < without and > in a pool," \
				"status $status"
	done
}

# compile OUTPUT FLAG...
compile()
{
	output=$1
	shift
	$cxx -std=c++17 -O0 -fPIC -fsized-deallocation -pthread -w \
		-I"$TEST_SRCDIR/include" -o "$work/$output" "$@"
}

# run_all NAME COMPILER...: the matrix with one C++ library
run_all()
{
	name=$1
	shift
	cxx=$*
	work=$scratch/$name
	mkdir "$work" || exit 99
	compile forms.o -c "$sources/forms.cc" &&
		compile main.o -DWITH_MAIN -c "$sources/forms.cc" || {
		echo "not tested, because it cannot be compiled: $name"
		return
	}
	$TEST_CC -o "$work/c-host" "$sources/host.c" -ldl || exit 99
	for set in none PLAIN ARRAY ALIGNED NOTHROW \
		"PLAIN ARRAY" "PLAIN ARRAY ALIGNED" "ARRAY NOTHROW"; do
		flags=
		for one in $set; do
			flags="$flags -DREPLACE_$one"
		done
		# shellcheck disable=SC2086 # several words
		compile own.o $flags -c "$sources/replaced.cc" &&
			compile libown.so -shared "$work/own.o" &&
			compile module.so -shared "$work/forms.o" "$work/own.o" &&
			compile plain-module.so -shared "$work/forms.o" &&
			compile program "$work/main.o" "$work/own.o" &&
			compile linked "$work/main.o" -L"$work" -lown \
				-Wl,-rpath,"$work" &&
			$TEST_CC -c -o "$work/host.o" "$sources/host.c" &&
			compile host -rdynamic "$work/host.o" "$work/own.o" \
				-ldl || exit 99
		# The libraries of jemalloc and tcmalloc are linked with
		# libstdc++. In a C program it is then loaded before the module,
		# and does not see what the module replaces: libvmmalloc(7),
		# BUGS.
		all=native
		late=native
		case $set in
		none) all=$TEST_BACKENDS late=$TEST_BACKENDS ;;
		*ALIGNED*) all=$TEST_BACKENDS ;;
		esac
		title="$name, replaces $set"
		compare "$all" "$title" "$work/program"
		compare "$all" "$title in a library" "$work/linked"
		compare "$late" "$title in a module of a C program" \
			"$work/c-host" "$work/module.so" local
		compare "$late" "$title in a global module of a C program" \
			"$work/c-host" "$work/module.so" global
		compare "$all" "$title, then loads a module" \
			"$work/host" "$work/plain-module.so" local
	done
}

cat >"$scratch/try.cc" <<'END'
#include <new>
int main() { try { throw std::bad_alloc(); } catch (...) { return 0; } }
END
run_all libstdc++ "$TEST_CXX"
if clang++ -stdlib=libc++ -o "$scratch/try" "$scratch/try.cc" 2>"$scratch/err"
then
	run_all libc++ clang++ -stdlib=libc++
else
	echo "not tested, because it is not there: libc++"
fi
finish
