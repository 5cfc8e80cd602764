# SPDX-License-Identifier: BSD-3-Clause
# redis and PostgreSQL with their heaps in two places, near and far, in an
# emulated machine with two nodes of memory (make check-nodes): how many bytes the
# kernel has on each node, and how many "vmmalloc stat" says that each place has.
# tests/platform/programs-guest.sh runs in the machine; the lines that begin with
# "row:" are the table of doc/reliability.md.
. "$TEST_SRCDIR/tests/vm/machine.sh"

PATH=$PATH:/usr/lib/postgresql/15/bin:/usr/lib/postgresql/17/bin
need redis-server redis-cli initdb postgres psql setpriv
begin_machine programs native
cp "$vmmalloc" "$root" || exit 99
mkdir -p "$scratch/root/etc" "$scratch/root/run"

# copy_program NAME: with the files that it finds by its own path
copy_program()
{
	path=$(readlink -f "$(command -v "$1")")
	mkdir -p "$scratch/root${path%/*}" &&
		cp "$path" "$scratch/root$path" || exit 99
	ln -s "$path" "$root/$1"
}

copy_program redis-server
copy_program redis-cli
copy_program setpriv
pg=$(pg_config --bindir 2>/dev/null || dirname "$(command -v initdb)")
version=${pg%/bin}
version=${version##*/}
mkdir -p "$scratch/root$pg" "$scratch/root/usr/lib/postgresql/$version/lib" \
	"$scratch/root/usr/share/postgresql/$version" \
	"$scratch/root/usr/share/zoneinfo" || exit 99
cp "$pg/postgres" "$pg/psql" "$scratch/root$pg" &&
	cp "${pg%/bin}/lib/plpgsql.so" "${pg%/bin}/lib/dict_snowball.so" \
		"$scratch/root${pg%/bin}/lib" &&
	cp -R "/usr/share/postgresql/$version/." \
		"$scratch/root/usr/share/postgresql/$version" &&
	cp -R /usr/share/zoneinfo/Etc "$scratch/root/usr/share/zoneinfo" ||
	skip "no PostgreSQL as Debian has it"
as=
if test "$(id -u)" = 0; then # PostgreSQL does not run as root
	as="setpriv --reuid=65534 --regid=65534 --clear-groups"
	chmod 755 "$scratch" && mkdir "$scratch/user" &&
		chown 65534:65534 "$scratch/user" || exit 99
else
	mkdir "$scratch/user" || exit 99
fi
$as "$pg/initdb" -D "$scratch/user/data" -A trust -U tester --locale=C \
	--no-sync >"$scratch/initdb" 2>&1 || die "$(tail -n 3 "$scratch/initdb")"
cp -R "$scratch/user/data" "$root/data" || exit 99

run_machine 900 --kernel trixie --node 256 --memory 900 -- "$pg" \
	"${TEST_NODES_LENGTH:-long}"
cases=$passed
finish
