# SPDX-License-Identifier: BSD-3-Clause
# Apache's prefork module: requests in parallel, a graceful restart, and scripts
# that the server runs.
server=$(command -v apache2 || command -v httpd || true)
test -n "$server" && command -v curl >/dev/null || {
	echo "no apache2 or no curl"
	exit 77
}
# so that the server does not change its user
if test "$(id -u)" = 0; then
	unshare -U --map-user=1000 --map-group=1000 true 2>/dev/null || {
		echo "no user namespace to be had"
		exit 77
	}
	exec unshare -U --map-user=1000 --map-group=1000 sh "$0"
fi
for modules in /usr/lib/apache2/modules /usr/lib64/httpd/modules; do
	test ! -d $modules || break
done
port=$((20000 + $$ % 20000))
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
"$server" -f "$PWD/conf" -X -t >/dev/null 2>conf.log || {
	cat conf.log
	exit 77
}
"$server" -f "$PWD/conf" -k start || exit 1
trap '"$server" -f "$PWD/conf" -k stop' EXIT
ask()
{
	curl -s --retry 50 --retry-connrefused --retry-delay 1 \
		"http://127.0.0.1:$port/$1"
}
ask small
requests()
{
	for client in 1 2 3 4; do
		for _ in 1 2 3 4 5 6 7 8; do
			ask large | cksum
			ask scripts/count
		done >client.$client &
	done
	wait
	cat client.* | sort | uniq -c
}
requests
"$server" -f "$PWD/conf" -k graceful
sleep 1
requests
"$server" -f "$PWD/conf" -k stop
trap - EXIT
tries=0
while test -e pid && test $tries -lt 100; do
	tries=$((tries + 1))
	sleep 0.1
done
grep -c 'exit signal\|core dump' error.log || true
