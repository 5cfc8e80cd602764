# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # name and source
# Functions that the scripts packaging/check-* share; each sources it after
# setting "source", the directory of the checkout or of the unpacked release,
# and "name". Exit status as everywhere: 0 passed, 77 skipped with a reason,
# otherwise failed.

failures=0

say()
{
	echo "$name: $*"
}

fail()
{
	echo "$name: FAILED: $*"
	failures=$((failures + 1))
}

# Ends the script: all other steps need this one.
die()
{
	echo "$name: FAILED: $*" >&2
	exit 1
}

skip()
{
	echo "$name: skipped: $*"
	exit 77
}

# need COMMAND...: skips the test if one is missing
need()
{
	for command; do
		command -v "$command" >/dev/null 2>&1 ||
			skip "no $command; scripts/setup full installs it"
	done
}

# quietly COMMAND...: shows its output only if it fails; it is kept in $log
quietly()
{
	"$@" >"$log" 2>&1 || {
		tail -n 40 "$log"
		return 1
	}
}

# programs_of TEST...: the programs that these tests need, to build no others
programs_of()
{
	for test; do
		case $test in
		*/fork-return.*.t) echo tests/preload/fork-return ;;
		*.t)
			test=${test%%.*}
			test=${test%-return}
			echo "${test%-mode?}"
			;;
		*.sh) ;;
		*) echo "$test" ;;
		esac
	done | sort -u | tr '\n' ' '
}

# A directory for all output, removed at the end. Not in /tmp, which can be
# small, or mounted noexec.
make_scratch()
{
	scratch=$(mktemp -d "$source/build-$name.XXXXXX") || exit 99
	log=$scratch/log
	trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
	trap 'exit 99' HUP INT TERM
}

# make_tarball: the release of what is committed here (or of this tree, if it is
# itself a release), as $tarball
make_tarball()
{
	if [ -e "$source/.git" ]; then
		quietly git clone -q "$source" "$scratch/clone" ||
			die "git clone"
		(cd "$scratch/clone" && quietly ./bootstrap) || die "bootstrap"
	else
		mkdir "$scratch/clone"
		(cd "$source" && tar -cf - --exclude='./build*' .) |
			tar -xf - -C "$scratch/clone"
	fi
	mkdir "$scratch/clone/build"
	(
		cd "$scratch/clone/build" &&
			quietly ../configure -q &&
			quietly make -s dist
	) || die "make dist"
	tarball=$(echo "$scratch"/clone/build/libvmmalloc-*.tar.xz)
	[ -f "$tarball" ] || die "make dist made no tarball"
	version=${tarball##*/libvmmalloc-}
	version=${version%.tar.xz}
}

finish()
{
	[ $failures = 0 ] || exit 1
	say "passed"
}

# last_release: its commit and its version, as $release and $release_version;
# fails with a message if it is not to be had here
last_release()
{
	release=$source/packaging/last-release
	release_version=$(sed -n 's/^version //p' "$release")
	release=$(sed -n 's/^commit //p' "$release")
	[ -e "$source/.git" ] || {
		say "not a checkout: $release_version cannot be built"
		return 1
	}
	for release in "v$release_version" "$release"; do
		git -C "$source" rev-parse -q --verify "$release^{commit}" \
			>/dev/null && return
	done
	say "this checkout does not reach back to $release_version"
	return 1
}
