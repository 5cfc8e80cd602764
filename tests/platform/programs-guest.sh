# SPDX-License-Identifier: BSD-3-Clause
# In the machine of tests/platform/programs.sh, which has two nodes of memory:
# programs-guest.sh DIRECTORY short|long, that of postgres and psql. A line for each program
# and mixture of places: what the kernel has on either node, which is slower if
# its number is 1, and what the library says that its places have, in MiB.
pg=$1
passed=0
LD_LIBRARY_PATH=/test
export LD_LIBRARY_PATH
socket=/run/redis

# look PID: four numbers, on the nodes and in the places. The pool is all that has
# a policy of its own.
cat >/tmp/look <<'END'
awk '/ bind/ {
	for (i = 3; i <= NF; i++) {
		split($i, part, "=")
		if (part[1] ~ /^N[01]$/)
			kib[part[1]] += part[2] * 4
	}
} END {
	printf "%d %d\n", kib["N0"] / 1024, kib["N1"] / 1024
}' /proc/"$1"/numa_maps
/test/vmmalloc stat -j "$1" | awk -F '[:,]' '
	/"places"/ { is_place = 1 }
	is_place && /"committed"/ { print int($2 / 1048576) }'
END

# judge PROGRAM PLACES PLACEMENT NEAR FAR NEAR-SAID FAR-SAID LEAST: the kernel
# has what we say, less what was not touched yet; and there is LEAST in all
judge()
{
	text="$1, $2, $3: node 0 has $4 of $6 MiB, node 1 $5 of $7"
	if test $# = 8 && test "$4" -le $(($6 + 1)) &&
		test "$5" -le $(($7 + 1)) && test "$4" -ge $(($6 / 2)) &&
		test "$5" -ge $(($7 / 2)) && test $(($4 + $5)) -ge "$8"
	then
		passed=$((passed + 1))
		echo "passed: $text"
	else
		echo "FAILED: $text"
	fi
	echo "row: | $1 | \`$2\` | \`$3\` | $4 | $6 | $5 | $7 |"
}

# in_places PLACES PLACEMENT COMMAND...
in_places()
{
	in_places=$1
	in_placement=$2
	shift 2
	exec env LD_PRELOAD=/test/libvmmalloc.so.1 VMMALLOC_BACKEND=native \
		VMMALLOC_BACKEND_PATH=/test/backends \
		VMMALLOC_TIERS="$in_places" VMMALLOC_PLACEMENT="$in_placement" \
		"$@"
}

# await COMMAND...: until it succeeds
await()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		test $tries -lt 60 || { echo "FAILED: $*"; return 1; }
		sleep 1
	done
}

cli()
{
	/test/redis-cli -s $socket "$@"
}

has_saved()
{
	cli info persistence | grep -q rdb_bgsave_in_progress:0
}

# redis PLACES PLACEMENT: small and large values, and more while a child saves
redis()
{
	(in_places "$1" "$2" /test/redis-server --port 0 --unixsocket $socket \
		--save '' --dir /tmp --enable-debug-command local \
		>/tmp/redis.log 2>&1) &
	await cli ping || cat /tmp/redis.log
	cli debug populate 60000 key 400 >/dev/null
	cli debug populate 12 large 1000000 >/dev/null
	cli bgsave >/dev/null
	cli debug populate 60000 more 400 >/dev/null
	await has_saved
	pid=$(cli info server | tr -d '\r' | sed -n 's/^process_id://p')
	# shellcheck disable=SC2046 # four numbers
	judge redis "$1" "$2" $(sh /tmp/look "$pid") 48
	cli shutdown nosave force >/dev/null 2>&1
	wait
}

# postgres PLACES PLACEMENT: a session that has sorted rows in memory
postgres()
{
	(in_places "$1" "$2" /test/setpriv --reuid=1000 --regid=1000 \
		--clear-groups "$pg/postgres" -D /test/data -k /run/pg \
		-c listen_addresses= -c fsync=off -c jit=off \
		-c shared_buffers=16MB >/tmp/pg.log 2>&1) &
	export PGHOST=/run/pg PGUSER=tester PGDATABASE=postgres
	await "$pg/psql" -c 'select 1' || cat /tmp/pg.log
	cat >/tmp/sql <<-'END'
		set work_mem = '512MB';
		select pg_backend_pid() as pid \gset
		\setenv SESSION :pid
		begin;
		declare c cursor for
			select i, md5(i::text) from generate_series(1, 200000) i
			order by 2;
		fetch 1 from c;
		\! sh /tmp/look $SESSION >/tmp/numbers 2>&1
	END
	"$pg/psql" -q -f /tmp/sql >/tmp/psql.log 2>&1 || cat /tmp/psql.log
	# shellcheck disable=SC2046 # four numbers
	judge PostgreSQL "$1" "$2" $(cat /tmp/numbers) 20
	kill -INT "$(head -n 1 /test/data/postmaster.pid)"
	wait
}

echo 'tester:x:1000:1000::/:/bin/sh' >/etc/passwd
echo 'tester:x:1000:' >/etc/group
mkdir -p /run/pg && chown -R 1000:1000 /test/data /run/pg &&
	chmod 700 /test/data || exit 1
# The firmware says which node is slower, and the kernel that it is another tier.
for node in 0 1; do
	cat /sys/devices/system/node/node$node/access0/initiators/read_latency \
		/sys/devices/virtual/memory_tiering/memory_tier*/nodelist
done | tr '\n' ' ' >/tmp/tiers
if test "$(cat /tmp/tiers)" = "100 0 1 300 0 1 "; then
	passed=$((passed + 1))
	echo "passed: two tiers of memory"
else
	echo "FAILED: tiers of memory: $(cat /tmp/tiers)"
fi

mixtures='node:0:256M,node:1:256M ratio=1:3'
test "$2" = short || mixtures="$mixtures
node:0:256M,node:1:64M overflow
node:0:24M,node:1:256M overflow
node:0:256M,node:1:256M threshold=256K"
echo "$mixtures" >/tmp/mixtures
while read -r places placement; do
	redis "$places" "$placement" </dev/null
	postgres "$places" "$placement" </dev/null
done </tmp/mixtures
echo "all $passed passed"
