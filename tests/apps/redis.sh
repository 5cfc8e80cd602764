# SPDX-License-Identifier: BSD-3-Clause
# redis-server on a socket of its own: three clients write while children of the
# server save the data and rewrite the log of it; from each file the server then
# loads the same data, which have the same digest.
. "$TEST_SRCDIR/tests/apps/common.sh"

need redis-server redis-cli
begin_server()
{
	start redis-server --port 0 --unixsocket "$PWD/socket" --save '' \
		--dir "$PWD" --dbfilename dump --enable-debug-command local \
		--daemonize no "$@"
	await pong
}
cli()
{
	redis-cli -s "$PWD/socket" "$@"
}
pong()
{
	test "$(cli ping)" = PONG
}
child_ended()
{
	! cli info persistence |
		grep -q 'rdb_bgsave_in_progress:1\|aof_rewrite_in_progress:1'
}
good_children()
{
	cli info persistence | tr -d '\r' |
		grep 'rdb_last_bgsave_status\|aof_last_bgrewrite_status'
}

begin_server --appendonly yes --appendfsync no --auto-aof-rewrite-percentage 0
clients=
for client in 1 2 3; do
	awk -v c=$client 'BEGIN {
		for (i = 0; i < 20000; i++) {
			printf "SET key:%d:%d value-%d-%s\n", c, i, \
				i * 7919 % 10007, \
				substr("0123456789abcdefghijklmnopqrstuvwxyz", \
				1, i % 36)
			if (i % 3 == 0) printf "RPUSH list:%d:%d %d\n", c, i % 100, i
			if (i % 4 == 0) printf "ZADD set:%d %d m%d\n", c, i, i % 5000
			if (i % 5 == 0) printf "DEL key:%d:%d\n", c, i / 2
			if (i % 7 == 0) printf "APPEND text:%d %d\n", c, i
		}
	}' | cli --pipe >client.$client &
	clients="$clients $!"
done
for order in bgsave bgrewriteaof bgsave bgrewriteaof; do
	await child_ended
	cli $order >/dev/null
done
# shellcheck disable=SC2086 # a list of words
wait $clients
tail -qn 1 client.*
await child_ended
good_children
cli dbsize
cli get key:1:19999
cli llen list:2:42
cli debug digest
cli bgrewriteaof >/dev/null
await child_ended
cli bgsave >/dev/null
await child_ended
good_children
cli shutdown nosave
await_end

begin_server --appendonly yes
cli debug digest
cli shutdown nosave
await_end
begin_server --appendonly no
cli debug digest
cli flushall
cli dbsize
cli shutdown nosave
await_end
