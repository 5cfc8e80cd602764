# SPDX-License-Identifier: BSD-3-Clause
# sqlite3: a database in memory, joins, an index, a sort.
. "$TEST_SRCDIR/tests/lib.sh"

need sqlite3
exec sqlite3 :memory: <<'EOF'
CREATE TABLE t(id INTEGER PRIMARY KEY, k INTEGER, s TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
INSERT INTO t SELECT i, i * 7919 % 10007, 'text ' || (i % 1000) FROM n;
CREATE INDEX tk ON t(k);
SELECT count(*), sum(k), max(s) FROM t;
SELECT a.k, count(*) FROM t a JOIN t b ON a.k = b.k GROUP BY a.k
	ORDER BY 2 DESC, 1 LIMIT 5;
SELECT s, count(*) AS n, group_concat(id % 10, '') FROM t GROUP BY s
	ORDER BY s LIMIT 5;
UPDATE t SET s = s || s WHERE k % 3 = 0;
DELETE FROM t WHERE k % 7 = 0;
SELECT count(*), sum(length(s)) FROM t;
SELECT length(hex(randomblob(1000000)));
PRAGMA integrity_check;
EOF
