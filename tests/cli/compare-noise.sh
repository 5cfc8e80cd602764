# SPDX-License-Identifier: BSD-3-Clause
# vmmalloc compare: what it says of a machine whose clock varies, whose host
# takes time, and whose processors become too hot. In a namespace of mounts the
# files of the kernel that tell it are replaced by others, which change with
# each run.
. "$TEST_SRCDIR/tests/cli/common.sh"

TMPDIR=$scratch/tmp
cpu=/sys/devices/system/cpu
fake=$scratch/fake
mkdir "$TMPDIR" "$fake" || exit 99
export TMPDIR
unshare -rm sh -c "mount -t tmpfs none $cpu && mount --bind /proc/stat \
/proc/stat" 2>"$scratch/err" || skip "no mounts: $(cat "$scratch/err")"

# machine FILE...: runs compare on a machine with these files of /proc. Before
# each run, whose number is in $run, the script $step changes what they tell.
cat >"$scratch/machine" <<'END'
#!/bin/sh
set -e
cpu=/sys/devices/system/cpu
mount -t tmpfs none $cpu
mkdir -p $cpu/cpu0/cpufreq $cpu/cpu0/thermal_throttle
echo 0 | tee $cpu/online $cpu/possible >/dev/null
for file; do
	cp /proc/"$file" "$FAKE/$file"
	mount --bind "$FAKE/$file" /proc/"$file"
done
echo 0 >"$FAKE/run"
export cpu
exec "$VMMALLOC" compare -b system -n 8 -i --prepare 'read -r run <"$FAKE/run"
	echo $((run + 1)) >"$FAKE/run"
	eval "$STEP"' true
END
machine()
{
	FAKE=$fake STEP=$step VMMALLOC=$vmmalloc \
		runs 0 unshare -rm sh "$scratch/machine" "$@"
	test ! -s "$scratch/err" || fail "says: $(cat "$scratch/err")"
	tr '\n' ' ' <"$scratch/out" >"$scratch/flat"
}
# tells TEXT, hides TEXT: what the report has, and what not
tells()
{
	grep -qE "Noisy machine: .*$1" "$scratch/flat" ||
		fail "not told: '$1' in: $(cat "$scratch/out")"
}
hides()
{
	! grep -q "$1" "$scratch/flat" ||
		fail "told: '$1' in: $(cat "$scratch/out")"
}
clock='The clock of the fastest processor varied'

# cpufreq, in kHz: each second run is slower. The first is not measured.
# shellcheck disable=SC2016 # for eval
step='echo $((3500000 - run % 2 * 1400000)) >$cpu/cpu0/cpufreq/scaling_cur_freq'
machine
tells "$clock between 2\.10 and 3\.50 GHz\."
# shellcheck disable=SC2016 # likewise
step='echo $((3500000 - run % 2 * 100000)) >$cpu/cpu0/cpufreq/scaling_cur_freq'
machine
hides "$clock"

# Without cpufreq: /proc/cpuinfo.
# shellcheck disable=SC2016 # likewise
step='printf "processor : 0\ncpu MHz\t\t: %d.123\n" \
	$((2600 + run % 2 * 400)) >"$FAKE/cpuinfo"'
machine cpuinfo
tells "$clock between 2\.60 and 3\.00 GHz\."
step='echo "processor : 0" >"$FAKE/cpuinfo"'
machine cpuinfo
hides "$clock"

# The host takes a fifth of all ticks, and a processor is too hot.
# shellcheck disable=SC2016 # likewise
step='echo "cpu  0 0 0 $((run * 80000)) 0 0 0 $((run * 20000)) 0 0" >"$FAKE/stat"
	echo $((run / 3)) >$cpu/cpu0/thermal_throttle/core_throttle_count'
machine stat
tells 'The host took 20 % of the processor time for others \(steal\)\.'
tells 'Processors were throttled 2 times, because they were too hot\.'
hides 'Other processes'
# shellcheck disable=SC2016 # likewise
step='echo "cpu  $((run * 25000)) 0 0 $((run * 75000)) 0 0 0 0 0 0" >"$FAKE/stat"'
machine stat
tells 'Other processes used [0-9]+ % of a processor during the runs\.'
hides steal
test -z "$(ls -A "$TMPDIR")" || fail "left behind: $(ls -A "$TMPDIR")"
finish
