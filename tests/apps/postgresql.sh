# SPDX-License-Identifier: BSD-3-Clause
# A PostgreSQL server on a socket of its own: pgbench with several clients, and
# queries with parallel workers.
. "$TEST_SRCDIR/tests/apps/common.sh"

PATH=$PATH:/usr/lib/postgresql/15/bin:/usr/lib/postgresql/17/bin
need initdb postgres pgbench psql
as_user
initdb -D data -A trust -U tester --no-sync >initdb.log 2>&1 || {
	cat initdb.log
	exit 1
}
cat >>data/postgresql.conf <<END
listen_addresses = ''
unix_socket_directories = '$PWD'
fsync = off
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
END
export PGHOST="$PWD" PGUSER=tester PGDATABASE=postgres
start postgres -D data
await psql -c 'select 1'
pgbench -i -q -s 2 >init.log 2>&1 || {
	cat init.log server.log
	exit 1
}
pgbench -n -c 4 -j 2 -t 200 >bench.log 2>&1 || {
	cat bench.log server.log
	exit 1
}
grep 'actually processed\|failed' bench.log
query()
{
	psql -A -t -c "$1"
}
query "select count(*) from pgbench_history"
# what the transactions moved is the same in all tables
query "select count(distinct sum) from (
	select sum(delta) from pgbench_history
	union all select sum(abalance) from pgbench_accounts
	union all select sum(tbalance) from pgbench_tellers
	union all select sum(bbalance) from pgbench_branches) as sums"
query "explain (costs off) select count(*) from pgbench_accounts" |
	grep -c 'Workers Planned'
query "select count(*), sum(aid), md5(string_agg(aid::text, ','
	order by aid desc)) from pgbench_accounts where aid % 7 = 3"
query "select count(*) from generate_series(1, 300000) a
	join generate_series(1, 300000, 3) b on a = b"
stop INT
grep -c 'database system is shut down' server.log
grep -c 'PANIC\|signal 11\|signal 6' server.log || true
