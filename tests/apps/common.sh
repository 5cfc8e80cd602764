# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# Functions that the scripts in this directory share. They run in an empty
# directory, with and without the library, and what they print must be the same:
# no path, time or process ID. Servers run in the foreground, as children of the
# script, so that they end with it.
. "$TEST_SRCDIR/tests/lib.sh"

server=
server_log=$PWD/server.log

# as_user: runs the script again as an ordinary user, for programs that refuse
# to run as root or would change their user.
as_user()
{
	test "$(id -u)" = 0 || return 0
	unshare -U --map-user=1000 --map-group=1000 true 2>/dev/null ||
		skip "no user namespace to be had"
	exec unshare -U --map-user=1000 --map-group=1000 sh "$0"
}

# start COMMAND...: a server, which ends with the script.
start()
{
	"$@" >>"$server_log" 2>&1 &
	server=$!
	trap 'kill $server 2>/dev/null; wait $server' EXIT
	trap 'exit 1' HUP INT TERM
}

# give_up WHAT: ends the script, with the end of the server's log.
give_up()
{
	echo "FAILED: $*"
	test ! -f "$server_log" || tail -n 20 "$server_log"
	exit 1
}

# await COMMAND...: waits until the command succeeds, for a minute at most.
await()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		test $tries -lt 600 || give_up "not after a minute: $*"
		test -z "$server" || kill -0 "$server" 2>/dev/null ||
			give_up "the server has ended before: $*"
		sleep 0.1
	done
}

# await_end: waits for the end of the server, which was told to stop.
await_end()
{
	trap - EXIT
	wait "$server"
	echo "the server's exit status: $?"
	server=
}

# stop [SIGNAL]: ends the server.
stop()
{
	kill -"${1-TERM}" "$server"
	await_end
}

# a_port: a number that no other test has, if they run at the same time, below
# those that the kernel gives to clients.
a_port()
{
	echo $((10000 + $$ % 20000))
}
