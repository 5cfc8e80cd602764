# SPDX-License-Identifier: BSD-3-Clause
# gcc -fanalyzer, cppcheck and clang-tidy find nothing in the library, the
# backends and the command, but for what the files gcc-analyzer, cppcheck and
# clang-tidy beside this one permit, each with its reason. TEST_ANALYSIS=short:
# clang-tidy, the slowest, only reads core/, interpose/ and native.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch
cd "$TEST_SRCDIR" || exit 99
checkers=tests/checkers
case ${TEST_ANALYSIS-} in
short) tidied='core interpose backends/native' ;;
*) tidied='backends base cli conform core interpose os' ;;
esac

cat >"$scratch/defines.h" <<'END_C'
#define VMM_BACKEND_DIR "/lib/vmmalloc"
#define VMM_DEFAULT_BACKEND "native"
#define VMM_LIBRARY "/lib/libvmmalloc.so.1"
END_C
flags="-DHAVE_CONFIG_H -include $scratch/defines.h -I$TEST_BUILDDIR -I. -Iinclude"

# The sources below directories that this build compiles, each with the flag of
# the variant that it is part of.
list_sources()
{
	# of each pair of alternatives one is built
	for source in $(find "$@" -name '*.c' | LC_ALL=C sort); do
		name=${source##*/}
		flag=
		case $source in
		core/trace.c | backends/native/debug*) flag=-DVMM_DEBUG ;;
		backends/jemalloc/*) has jemalloc || continue ;;
		backends/tcmalloc/*) has tcmalloc || continue ;;
		cli/* | backends/record/*)
			find "$TEST_BUILDDIR/${source%/*}" -maxdepth 1 \
				-name "*${name%.c}.*o" | grep -q . || continue
			;;
		esac
		echo "$source${flag:+ $flag}"
	done
}

has()
{
	case " $TEST_BACKENDS " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# check NAME: the output of a checker, without what is permitted, is empty.
check()
{
	sort -u "$scratch/$1" | grep -E ': (warning|error):' |
		grep -vE -f "$scratch/permitted" >"$scratch/found"
	echo "$1: $(wc -l <"$scratch/files") files," \
		"$(wc -l <"$scratch/found") findings"
	test ! -s "$scratch/found" || {
		cat "$scratch/found"
		fail "$1"
	}
}

# for_each COMMAND: runs it for each line of the list, as $1 and $2, as many at a
# time as there are processors.
for_each()
{
	xargs -P "$(nproc)" -L 1 sh -c "$1" sh
}

list_sources backends base cli conform core interpose os >"$scratch/files"
test "$(wc -l <"$scratch/files")" -ge 80 || fail "too few files found"

if command -v gcc >/dev/null &&
	gcc -fanalyzer -x c -c -o /dev/null /dev/null 2>/dev/null; then
	cases=$((cases + 1))
	sed '/^#/d; /^$/d' $checkers/gcc-analyzer >"$scratch/permitted"
	for_each "exec gcc -std=gnu11 $flags \$2 -O1 -fanalyzer -c -o /dev/null \
		\$1 2>&1" <"$scratch/files" >"$scratch/gcc-analyzer"
	check gcc-analyzer
else
	no_case="no gcc -fanalyzer"
fi

if command -v cppcheck >/dev/null; then
	cases=$((cases + 1))
	echo '^$' >"$scratch/permitted"
	for flag in '' -DVMM_DEBUG; do
		sed -n "s/\.c${flag:+ $flag}\$/.c/p" "$scratch/files" \
			>"$scratch/list"
		# shellcheck disable=SC2086 # lists of words
		cppcheck -q --std=c11 -DHAVE_CONFIG_H '-DElfW(x)=Elf64_##x' -I"$TEST_BUILDDIR" -I. \
			-Iinclude --include="$scratch/defines.h" $flag \
			--enable=warning,performance,portability \
			--template='{file}:{line}: {severity}: {message} [{id}]' \
			--suppressions-list=$checkers/cppcheck \
			--file-list="$scratch/list" 2>&1 |
			sed 's/: \(performance\|portability\): /: warning: /'
	done >"$scratch/cppcheck"
	check cppcheck
else
	no_case="no cppcheck"
fi

if command -v clang-tidy >/dev/null; then
	cases=$((cases + 1))
	sed -n 's/^# permitted: //p' $checkers/clang-tidy >"$scratch/permitted"
	# shellcheck disable=SC2086 # a list of words
	list_sources $tidied >"$scratch/files"
	for_each "exec clang-tidy --quiet \$1 \
		--config-file=$checkers/clang-tidy -- -std=gnu11 $flags \$2 \
		2>/dev/null" <"$scratch/files" >"$scratch/clang-tidy"
	check clang-tidy
else
	no_case="no clang-tidy"
fi
finish
