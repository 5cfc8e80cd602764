# SPDX-License-Identifier: BSD-3-Clause
# Apache's prefork module: requests in parallel, a graceful restart, and scripts
# that the server runs.
. "$TEST_SRCDIR/tests/apps/common.sh"

httpd=$(command -v apache2 || command -v httpd || true)
test -n "$httpd" || skip "no apache2"
need curl setsid
as_user
for modules in /usr/lib/apache2/modules /usr/lib64/httpd/modules; do
	test ! -d $modules || break
done
port=$(a_port)
mkdir files scripts
seq 100000 >files/large
echo "a small file" >files/small
cat >scripts/count <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
seq 2000 | awk '{ n += $1 } END { print n }'
END
chmod +x scripts/count
cat >conf <<END
ServerRoot $PWD
ServerName localhost
PidFile $PWD/pid
ErrorLog $PWD/error.log
Listen 127.0.0.1:$port
LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule alias_module $modules/mod_alias.so
LoadModule cgi_module $modules/mod_cgi.so
StartServers 4
MinSpareServers 2
MaxRequestWorkers 8
MaxConnectionsPerChild 20
DocumentRoot $PWD/files
ScriptAlias /scripts/ $PWD/scripts/
END
"$httpd" -f "$PWD/conf" -X -t >/dev/null 2>conf.log || {
	cat conf.log
	exit 77
}
# which sends its signals to its process group
start setsid "$httpd" -f "$PWD/conf" -DFOREGROUND
ask()
{
	curl -s "http://127.0.0.1:$port/$1"
}
await ask small
ask small
requests()
{
	clients=
	for client in 1 2 3 4; do
		for _ in 1 2 3 4 5 6 7 8; do
			ask large | cksum
			ask scripts/count
		done >client.$client &
		clients="$clients $!"
	done
	# shellcheck disable=SC2086 # a list of words
	wait $clients
	cat client.* | sort | uniq -c
}
requests
kill -USR1 "$server"
sleep 1
requests
stop
grep -c 'exit signal\|core dump' error.log || true
