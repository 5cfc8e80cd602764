# SPDX-License-Identifier: BSD-3-Clause
# setpriv, su and sudo: a command as another user, with its exit status and its
# environment.
#
# The user must be able to read the library and write to the pool's directory; sudo
# removes LD_PRELOAD, so that its command runs without a pool.
. "$TEST_SRCDIR/tests/apps/common.sh"

test "$(id -u)" = 0 || skip "not root"
need setpriv su
id nobody >/dev/null 2>&1 || skip "there is no user nobody"
pool=${VMMALLOC_POOL_DIR:-ram}
if test -d "$pool"; then
	chmod 711 "${pool%/*}"
	chmod 1777 "$pool"
fi
chmod 711 .
command='id -un; seq 2000 | sort -r | tail -n 1; exit 3'
LD_PRELOAD='' setpriv --reuid=nobody --regid=nogroup --clear-groups \
	test -r "$library" || skip "nobody cannot read $library"
for _ in 1 2 3; do
	setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c "$command"
	echo "setpriv: $?"
	setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
		sh -c "$command"
	echo "setpriv without capabilities: $?"
	su -s /bin/sh nobody -c "$command"
	echo "su: $?"
	su -s /bin/sh -l nobody -c "$command" 2>/dev/null
	echo "su -l: $?"
done
if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	sudo -n -u nobody sh -c "$command"
	echo "sudo: $?"
	sudo -n sh -c 'echo "${LD_PRELOAD-no library}"'
else
	echo "left out: sudo does not work here"
fi
