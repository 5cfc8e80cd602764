# SPDX-License-Identifier: BSD-3-Clause
# redis-server on a socket of its own: many values, and a save by a child.
. "$TEST_SRCDIR/tests/lib.sh"

need redis-server redis-cli
redis-server --port 0 --unixsocket "$PWD/socket" --save '' \
	--dir "$PWD" --dbfilename dump --daemonize no >server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
cli()
{
	redis-cli -s "$PWD/socket" "$@"
}
tries=0
until test "$(cli ping 2>/dev/null)" = PONG; do
	tries=$((tries + 1))
	test $tries -lt 200 && kill -0 $server || {
		cat server.log
		exit 1
	}
	sleep 0.1
done
awk 'BEGIN {
	for (i = 0; i < 30000; i++) {
		printf "SET key:%d value-%d-%s\n", i, i * 7919 % 10007, \
			substr("0123456789abcdefghijklmnopqrstuvwxyz", 1, i % 36)
		if (i % 3 == 0) printf "RPUSH list:%d %d\n", i % 100, i
		if (i % 5 == 0) printf "DEL key:%d\n", i / 2
	}
}' | cli --pipe | tail -n 1
cli dbsize
cli get key:29999
cli llen list:42
cli save
cli bgsave >/dev/null
tries=0
while cli info persistence | grep -q rdb_bgsave_in_progress:1; do
	tries=$((tries + 1))
	test $tries -lt 300 || exit 1
	sleep 0.1
done
cli info persistence | tr -d '\r' | grep rdb_last_bgsave_status
cli flushall
cli dbsize
cli shutdown nosave
wait $server
echo "server's status $?"
