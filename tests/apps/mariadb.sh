# SPDX-License-Identifier: BSD-3-Clause
# MariaDB on a socket of its own: tables are filled by four clients with
# transactions, joined, sorted and indexed, and are the same after a restart.
. "$TEST_SRCDIR/tests/apps/common.sh"

PATH=$PATH:/usr/sbin
need mariadbd mariadb mariadb-install-db
begin_server()
{
	start mariadbd --no-defaults --user="$(id -un)" --datadir="$PWD/data" \
		--socket="$PWD/socket" --pid-file="$PWD/pid" --skip-networking \
		--innodb-buffer-pool-size=32M --innodb-log-file-size=16M \
		--innodb-flush-log-at-trx-commit=0
	await query 'select 1'
}
query()
{
	mariadb --no-defaults --socket=socket -u "$(id -un)" -N -B test -e "$1"
}
mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$PWD/data" \
	--auth-root-authentication-method=normal --innodb-log-file-size=16M \
	>install.log 2>&1 || {
	tail -n 20 install.log
	exit 1
}
begin_server
query 'create table moves (client int, n int, amount int, note text,
	key (amount)) engine=innodb;
	create table totals (client int primary key, total bigint) engine=innodb;
	insert into totals values (1, 0), (2, 0), (3, 0), (4, 0)'
clients=
for client in 1 2 3 4; do
	awk -v client=$client 'BEGIN {
		for (n = 0; n < 400; n++) {
			amount = (n * 7919 + client) % 1009
			printf "begin; insert into moves values " \
				"(%d, %d, %d, repeat(\"%d,\", %d)); ", \
				client, n, amount, n, n % 300
			printf "update totals set total = total + %d " \
				"where client = %d; commit;\n", amount, client
		}
	}' >input.$client
	mariadb --no-defaults --socket=socket -u "$(id -un)" test <input.$client &
	clients="$clients $!"
done
# shellcheck disable=SC2086 # a list of words
wait $clients
look()
{
	query 'select * from totals order by client;
		select client, sum(amount), count(distinct amount),
			sum(crc32(note)) from moves group by client order by 1;
		select count(*) from moves a join moves b using (amount);
		select md5(group_concat(left(note, 20) order by amount, client, n))
			from moves where n < 200;
		checksum table moves'
}
look
query 'alter table moves add index (n, client), order by amount'
stop
begin_server
look
query 'check table moves, totals'
stop
grep -c 'signal 11\|signal 6\|\[FATAL\]' server.log || true
