# SPDX-License-Identifier: BSD-3-Clause
# A heap in several places: which of them is used, what happens when one is full,
# and forks, for every backend.
. "$TEST_SRCDIR/tests/lib.sh"

enter_namespace
need_room "$fast_dir" 400
make_scratch "$fast_dir"
mkdir "$pool/a" "$pool/b" "$scratch/small" || exit 99

# run PLACES PLACEMENT COMMAND...: its output is in $text
run()
{
	run_places=$1
	run_placement=$2
	shift 2
	cases=$((cases + 1))
	text=$(preload "$backend" 1 VMMALLOC_TIERS="$run_places" \
		VMMALLOC_PLACEMENT="$run_placement" \
		"$TEST_BUILDDIR/tests/platform/places" "$@" 2>&1) ||
		fail "$backend, $run_places, $run_placement, $*: $text"
	test -z "$(ls -A "$pool/a")$(ls -A "$pool/b")" ||
		fail "left behind by $run_places"
}

# hold CONDITION...: of MiB near and far, for which N and F stand
hold()
{
	# shellcheck disable=SC2086 # two words
	set -- $text -- "$@"
	hold_near=$1
	hold_far=$2
	shift 3
	hold_what=$(echo "$*" | sed "s/N/$hold_near/g; s/F/$hold_far/g")
	# shellcheck disable=SC2086 # words of an expression
	test $hold_what || fail "$backend, $run_places, $run_placement:" \
		"$hold_near MiB near, $hold_far MiB far: not $*"
}

for backend in $TEST_BACKENDS; do
	# the others share what core/ does for native
	test $backend = native && places="ram:48M,$pool/b:96M" || places=
	for places in $places "$pool/a:48M,$pool/b:96M"; do
		# the near one first, and then all of the far one
		run "$places" overflow 48 fill 100000
		hold N -ge 36 -a N -le 48 -a F -ge 72 -a F -le 96
		run "$places" overflow 48 use 100000 24
		hold N -ge 23 -a F -eq 0
		run "$places" overflow 48 again

		# in proportion to the sizes, or to weights
		run "$places" ratio 48 use 3000000 90
		hold N -ge 21 -a N -le 40 -a F -ge 50 -a F -le 69
		run "$places" ratio=1:1 48 use 3000000 60
		hold N -ge 21 -a N -le 39

		# large ones far, small ones near, and elsewhere if that is full
		run "$places" threshold=4M 48 use 6000000 60
		hold N -eq 0 -a F -ge 60
		run "$places" threshold=1G 48 use 1000 24
		hold N -ge 23 -a F -eq 0
		run "$places" threshold=4M 48 fill 6000000
		hold N -ge 20 -a F -ge 80
	done
	run "$pool/a:16M,ram:16M,$pool/b:96M" overflow 32 fill 100000
	test $backend = native && modes="1 2 3" || modes=2
	for mode in $modes; do
		for places in "ram:48M,$pool/b:96M" "$pool/a:48M,$pool/b:96M" \
			"$pool/a:48M,ram:96M"; do
			export VMMALLOC_FORK=$mode
			run "$places" overflow 48 fork
			unset VMMALLOC_FORK
		done
	done
	# pieces of one pool, of which each file has a half; forks copy to memory
	run "$pool/a:64M,$pool/b:64M" stripe 1000 fill 100000
	hold N -ge 96 -a N -le 128
	for mode in $modes; do
		export VMMALLOC_FORK=$mode
		run "$pool/a:96M,$pool/b:96M" stripe=4M 48 fork
		unset VMMALLOC_FORK
	done

	# a near file system with less room than it seemed to have: no malloc
	# fails before all are full
	mount -t tmpfs -o size=48m tmpfs "$scratch/small" || exit 99
	dd if=/dev/zero of="$scratch/small/x" bs=1M count=24 2>/dev/null
	run "$scratch/small:48M,$pool/b:96M" overflow 48 fill 100000
	hold N -ge 12 -a N -le 24 -a F -ge 72
	umount "$scratch/small"

	# the limit holds for all of them together
	export VMMALLOC_LIMIT=64M VMMALLOC_STATS_FILE="$scratch/report"
	run "$pool/a:48M,$pool/b:96M" overflow 48 fill 100000
	unset VMMALLOC_LIMIT VMMALLOC_STATS_FILE
	hold N -ge 36 -a F -ge 8 -a F -le 28
	spills=$(grep -o '"spills": [0-9]*' "$scratch/report" | tr -dc '0-9\n')
	# shellcheck disable=SC2086 # two words
	set -- $spills
	test $# = 2 && test "$1" = 0 && test "$2" -gt 0 ||
		fail "$backend: spills in the report: $*"
	grep -q "\"place\": \"$pool/b\", \"reserved\": 100663296," \
		"$scratch/report" || fail "no such place in the report"

	export VMMALLOC_FORK_RETURN=1
	run "$pool/a:48M,$pool/b:96M" overflow 48 fork
	unset VMMALLOC_FORK_RETURN
done

# Memory nodes: one is enough to see that the kernel takes the policy. Where the
# pages are with two is in nodes.sh.
backend=native
weights=/sys/kernel/mm/mempolicy/weighted_interleave
if test -d $weights; then
	run "weighted:0:48M,$pool/b:96M" overflow 48 fill 100000
	hold N -ge 36 -a F -ge 72
	export VMMALLOC_POOL_POLICY=weighted:0
	run "$pool/a:48M,$pool/b:96M" overflow 48 fork
	unset VMMALLOC_POOL_POLICY
fi
finish
