# SPDX-License-Identifier: BSD-3-Clause
# Completions for shells: each knows every option that --help names, and bash's
# proposes commands, options, backends and directories in their places.
. "$TEST_SRCDIR/tests/cli/common.sh"

completions=$TEST_SRCDIR/completions
# The help lists commands, then topics, each on a line that begins with two
# blanks and its name.
names()
{
	"$vmmalloc" help | sed -n "$1"'s/^  \([a-z][a-z]*\)  .*/\1/p'
}
names '1,/^Topics/' >"$scratch/commands"
names '/^Topics/,$' >"$scratch/topics"
test "$(wc -l <"$scratch/commands")" -ge 4 || fail "too few commands found"
test "$(wc -l <"$scratch/topics")" -ge 3 || fail "too few topics found"
while read -r command; do
	"$vmmalloc" help "$command"
done <"$scratch/commands" | grep -oE -e '^  (-.,|   ) --[a-z-]+' |
	grep -oE -e '--[a-z-]+' | sort -u >"$scratch/options"
test "$(wc -l <"$scratch/options")" -ge 18 || fail "too few options found"
while read -r name; do
	for file in _vmmalloc vmmalloc.bash vmmalloc.fish; do
		grep -qw "$name" "$completions/$file" || fail "$file: no $name"
	done
done <<END
$(cat "$scratch/commands" "$scratch/topics")
END
while read -r option; do
	for file in _vmmalloc vmmalloc.bash vmmalloc.fish; do
		grep -qE -e "-l ${option#--}( |\$)|$option([^a-z-]|\$)" \
			"$completions/$file" || fail "$file: no $option"
	done
done <"$scratch/options"
for shell in zsh fish; do
	command -v $shell >/dev/null || continue
	case $shell in
	zsh) zsh -n "$completions/_vmmalloc" || fail "not zsh" ;;
	fish) fish -n "$completions/vmmalloc.fish" || fail "not fish" ;;
	esac
done

# proposed WORD...: what bash proposes for the last word
cat >"$scratch/complete.bash" <<'END'
PATH=${vmmalloc%/*}:$PATH
. "$completions/vmmalloc.bash"
COMP_WORDS=(vmmalloc "$@")
COMP_CWORD=$#
_vmmalloc
printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
END
proposed()
{
	vmmalloc=$vmmalloc completions=$completions \
		bash "$scratch/complete.bash" "$@"
}
# expect PROPOSALS WORD...
expect()
{
	expected=$1
	shift
	found=$(proposed "$@")
	test "$found" = "$expected " ||
		fail "for 'vmmalloc $*' not '$expected' but '$found'"
}
if command -v bash >/dev/null; then
	expect 'backends' b
	expect '--pool-dir --pool-policy --pool-size' run --pool
	expect '--pool-dir' run --backend native --pool-d
	expect 'native' compare --with nat
	expect '--ready --report --runs' compare -b system --r
	expect 'native' run -b nat
	expect '--fork --fork-return' run --fo
	expect '--prealloc' run --fork 2 --pre
	expect 'native' backends --check nat
	expect '--pid' doctor --pi
	expect 'native' doctor -b nat
	expect 'compare ctl' help c
	expect 'purge' ctl 1 pu
	expect 'purged' top --sort purg
	expect '--openmetrics' stat --op
	# shellcheck disable=SC2046 # lists of words, on one line each
	{
		expect "$(echo $(printf '%s\n' --help --version |
			sort - "$scratch/commands"))" ''
		expect "$(echo $(sort "$scratch/commands" "$scratch/topics"))" \
			help ''
	}
	expect "$completions" run --pool-dir "${completions%s}"
	expect '' compare -n ''
fi
finish
