# SPDX-License-Identifier: BSD-3-Clause
# There is room for jemalloc's thread-local storage under plain LD_PRELOAD,
# however much a program has itself. If its libraries leave too little, one line
# names the remedy, the remedy helps, and vmmalloc run applies it by itself
# without taking anything from small stacks.
. "$TEST_SRCDIR/tests/adapter/common.sh"

test -f backends/.libs/jemalloc.so || finish
remedy=glibc.rtld.optional_static_tls=4096

# tls SIZE: source with this much thread-local storage of initial-exec kind
tls()
{
	echo "static _Thread_local char block[$1]"
	echo "__attribute__((used, tls_model(\"initial-exec\"))) = { 1 };"
	echo "char *get_block(void) { return block; }"
}

echo "char *get_block(void); int main(void) { return *get_block() - 1; }" \
	>"$scratch/main.c"

# check_run WHAT COMMAND...: the same with vmmalloc run, if that is built
check_run()
{
	what="$1, vmmalloc run"
	shift
	test -x ./vmmalloc || return 0
	VMMALLOC_LIBRARY=$library ./vmmalloc run \
		--backend jemalloc --pool-dir "$pool" --pool-size 64M -- "$@"
	check "$what" $?
}

# In the program itself: there is always room.
for size in 1 1000 2000 3000 4095 6000 50000; do
	tls $size >"$scratch/tls.c"
	$TEST_CC -o "$scratch/program" "$scratch/main.c" "$scratch/tls.c" ||
		exit 99
	preload jemalloc 64M "$scratch/program"
	check "a program with $size bytes" $?
	check_run "a program with $size bytes" "$scratch/program"
done

# In a library that it links: there mostly is.
refused=0
for size in 100 1000 2000 3000 4000 5000 5500 6000 6500 7000 20000; do
	tls $size >"$scratch/tls.c"
	$TEST_CC -shared -fPIC -o "$scratch/libtls.so" "$scratch/tls.c" &&
		$TEST_CC -o "$scratch/program" "$scratch/main.c" \
			"$scratch/libtls.so" -Wl,-rpath,"$scratch" || exit 99
	if ! preload jemalloc 64M "$scratch/program" 2>"$scratch/err"; then
		refused=$((refused + 1))
		grep -q "^Error (libvmmalloc): .*'jemalloc'.*$remedy" \
			"$scratch/err" &&
			test "$(wc -l <"$scratch/err")" -eq 1
		status=$?
		check "the line for $size bytes: $(cat "$scratch/err")" $status
		GLIBC_TUNABLES=$remedy preload jemalloc 64M "$scratch/program"
		check "a library with $size bytes, and the remedy" $?
	fi
	check_run "a library with $size bytes" "$scratch/program"
	GLIBC_TUNABLES=glibc.malloc.check=0 check_run \
		"a library with $size bytes, other tunables" "$scratch/program"
done
case $(uname -m) in
x86_64)
	test $refused -gt 0
	check "some library leaves too little room" $?
	;;
esac
check_run "small stacks" tests/preload/small-stacks
finish
