# SPDX-License-Identifier: BSD-3-Clause
# On a disk memory is backed and returned in units that follow the read-ahead of
# the device, as the doctor says. Needs to mount a file.
. "$TEST_SRCDIR/tests/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
test -x "$vmmalloc" || skip "built without vmmalloc"
enter_namespace "$@"
make_scratch
truncate -s 64M "$scratch/image" && mkfs.ext4 -q -m 0 "$scratch/image" ||
	skip "mkfs.ext4 does not work here"
mount -t ext4 -o loop "$scratch/image" "$pool" || skip "not permitted: mount"
queue=/sys/dev/block/$(mountpoint -d "$pool")/queue/read_ahead_kb

# has_unit READ-AHEAD UNIT: in KiB, and in the doctor's words.
has_unit()
{
	echo "$1" >"$queue" || skip "not permitted: $queue"
	text=$("$vmmalloc" doctor --pool-dir "$pool" --pool-size 16M 2>&1 |
		grep -A 1 hole-punching | tr -s ' \n' ' ')
	case $text in
	*"in units of $2 "*) cases=$((cases + 1)) ;;
	*) fail "with a read-ahead of $1 KiB: $text" ;;
	esac
}
has_unit 0 "64 KiB"
has_unit 128 "128 KiB"
has_unit 200 "128 KiB"
has_unit 8192 "2.0 MiB"

finish
