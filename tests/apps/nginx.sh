# SPDX-License-Identifier: BSD-3-Clause
# nginx: a master and two workers, requests in parallel while the configuration
# is loaded again four times, files sent as they are and compressed.
. "$TEST_SRCDIR/tests/apps/common.sh"

PATH=$PATH:/usr/sbin
need nginx curl
as_user
mkdir files temp
seq 100000 >files/large
echo "a small file" >files/small
cat >conf <<EOF
worker_processes 2;
pid $PWD/pid;
daemon off;
error_log $PWD/error.log;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
	gzip on;
	gzip_types *;
	gzip_min_length 100;
	server {
		listen unix:$PWD/socket;
		root $PWD/files;
		location /through/ { proxy_pass http://unix:$PWD/socket:/; }
	}
}
EOF
start nginx -p "$PWD" -c conf -e error.log
ask()
{
	curl -s --unix-socket socket "$@"
}
await ask http://localhost/small
ask http://localhost/small
clients=
for client in 1 2 3; do
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ask http://localhost/large | cksum
		ask --compressed http://localhost/large | cksum
		ask http://localhost/through/large | cksum
	done >client.$client &
	clients="$clients $!"
done
for _ in 1 2 3 4; do
	kill -HUP "$server"
	sleep 0.3
done
# shellcheck disable=SC2086 # a list of words
wait $clients
sort client.* | uniq -c
ask http://localhost/nothing | head -n 1
stop QUIT
grep -c 'exited on signal\|\[alert\]\|\[emerg\]' error.log || true
