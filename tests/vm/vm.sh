# SPDX-License-Identifier: BSD-3-Clause
# Runs a command in an emulated machine that has memory of other kinds:
#
#	sh vm.sh [OPTION]... COMMAND ARGUMENT...
#
# --root DIRECTORY   the files of the machine; the shared libraries that they
#                    need, sh, env and timeout, and busybox for all other
#                    commands are added
# --memory MIB       of the machine: 768 unless given
# --pmem MIB         a file system with DAX, mounted on /mnt/pmem
# --xfs              which is XFS; ext4 otherwise
# --devdax MIB       a device DAX node, /dev/dax0.0
# --node MIB         a second node of memory, without processors, of which the
#                    firmware says that it is slower
# --plug MIB         the same, but plugged in, so that it can be taken out: none
#                    of it is the kernel's own
# --kernel RELEASE   the kernel of another release of Debian, such as trixie
# --modules NAME,... of the kernel, each after those that it needs
# --cpus NUMBER      1 unless given
# --seconds NUMBER   until the machine is stopped: 300 unless given
# --log FILE         where the kernel's messages are left
#
# The output and the errors of the command become the output of this script, and
# its exit status this one's. 124 is a machine that was stopped, and 125 one
# that could not be run, with a line that says why.
#
# The kernel is Debian's for virtual machines. It is downloaded once, with
# apt-get but without installing it, to ${XDG_CACHE_HOME:-~/.cache}/vmmalloc-vm,
# and that of another release to vmmalloc-vm-RELEASE, through lists of packages
# of its own, and with more modules to vmmalloc-vm-NAME,...; remove these for
# newer ones. There it is told by memmap= to treat a part of its memory as
# persistent, which its drivers present as any other: programs can tell no
# difference, except that all is lost in the end. No rights are needed.
set -u

give_up()
{
	echo "vm: $*"
	exit 125
}

need()
{
	command -v "$1" >/dev/null || give_up "no $1 (Debian package $2)"
}

# set_apt_options: $apt_options for apt-get and apt-cache, so that they see the
# packages of $release, from where this machine's come from
set_apt_options()
{
	apt_options=
	test -n "$release" || return 0
	apt=$work/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" \
		"$apt/none" || exit 125
	# shellcheck disable=SC2016 # apt-get's variable
	from=$(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' | head -n 1)
	test -n "$from" || give_up "apt-get knows no packages of Debian"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [arch=amd64 signed-by=$keys] $from $release main" \
		>"$apt/sources.list"
	apt_options="-o Dir::Etc::sourcelist=$apt/sources.list
		-o Dir::Etc::sourceparts=$apt/none
		-o Dir::State::lists=$apt/lists -o Dir::Cache=$apt/cache"
	# shellcheck disable=SC2086 # a list of words
	apt-get -q $apt_options update >"$work/log" 2>&1 ||
		give_up "no packages of $release: $(tail -n 1 "$work/log")"
}

# fetch_kernel: sets $kernel, the directory of the kernel vmlinuz and its
# modules
fetch_kernel()
{
	kernel=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/vmmalloc-vm
	kernel=$kernel${release:+-$release}
	kernel=$kernel${more:+-$more}
	test ! -f "$kernel/vmlinuz" || return 0
	need apt-get apt
	# made elsewhere, since another machine may do the same
	rm -rf "$kernel"
	mkdir -p "${kernel%/*}"
	made=$(mktemp -d "$kernel.XXXXXX") || give_up "cannot write to $kernel"
	set_apt_options
	# shellcheck disable=SC2086 # a list of words
	package=$(apt-cache $apt_options show --no-all-versions \
		linux-image-cloud-amd64 2>/dev/null |
		sed -n 's/^Depends: \([^ ,]*\).*/\1/p')
	test -n "$package" || give_up "apt-cache does not know" \
		"linux-image-cloud-amd64; is this Debian, after apt-get update?"
	mkdir "$work/kernel" || exit 125
	# shellcheck disable=SC2086 # a list of words
	(
		cd "$work/kernel" && apt-get -q $apt_options download \
			"$package" && dpkg-deb -x ./*.deb .
	) >"$work/log" 2>&1 ||
		give_up "cannot fetch $package: $(tail -n 1 "$work/log")"
	for module in $modules; do
		find "$work/kernel" -name "$module.ko*" \
			-exec cp {} "$made" \;
	done
	find "$made" -name '*.xz' -exec xz -df {} +
	mv "$work"/kernel/boot/vmlinuz-* "$made/vmlinuz"
	mv -T "$made" "$kernel" 2>/dev/null
}

# add_libraries: those that programs and libraries among the files need
add_libraries()
{
	find "$files" -type f -exec sh -c 'ldd "$@" 2>/dev/null' sh {} + |
		sed -n 's/.*[ 	]\(\/[^ ]*\) (0x.*/\1/p' | sort -u |
		while read -r file; do
			mkdir -p "$files${file%/*}"
			test -e "$files$file" || cp -L "$file" "$files$file"
		done
}

# make_files COMMAND ARGUMENT...: the archive $work/initrd, from which the
# kernel fills its first file system
make_files()
{
	files=$work/files
	mkdir -p "$files/vm" "$files/bin" "$files/sbin" || exit 125
	test -z "$root" || cp -R "$root/." "$files" ||
		give_up "cannot copy $root"
	cp "$(dirname "$0")/init.sh" "$kernel"/*.ko "$files/vm" &&
		cp -L "$(command -v busybox)" "$(command -v "mkfs.$system")" \
			"$files/vm" || exit 125
	# those of busybox would start its own commands, whatever there is
	for program in dash:sh env:env timeout:timeout; do
		test -e "$files/bin/${program#*:}" ||
			cp -L "$(command -v "${program%:*}")" \
				"$files/bin/${program#*:}" || exit 125
	done
	printf '#!/vm/busybox sh\nexec /vm/busybox sh /vm/init.sh %s\n' \
		"$system $pmem $devdax $modules" >"$files/init"
	chmod +x "$files/init"
	for word; do
		printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
	done >"$files/vm/command"
	add_libraries
	(cd "$files" && find . | busybox cpio -o -H newc -R 0:0) \
		>"$work/initrd" 2>"$work/log" ||
		give_up "cannot pack the files: $(tail -n 1 "$work/log")"
}

# The starts of the parts with DAX, in MiB: the kernel is below, the archive at
# the top. Each begins at a section of the kernel's memory map, 128 MiB, with a
# section between them.
lay_out()
{
	top=256
	arguments=
	for size in $pmem $devdax; do
		test "$size" != 0 || continue
		arguments="$arguments memmap=${size}M!${top}M"
		top=$(((top + size + 255) / 128 * 128))
	done
	near=$((memory + top - 256))
	test $((near + node)) -le 2800 ||
		give_up "more than 2800 MiB of memory in all"
}

# set_nodes: $nodes, options for two nodes: those of the processors are near
set_nodes()
{
	nodes="-numa node,nodeid=0,cpus=0-$((cpus - 1)),memdev=near"
	slots=
	test $((node + plug)) != 0 || return 0
	nodes="$nodes,initiator=0 -machine hmat=on -numa node,nodeid=1"
	if test "$node" != 0; then
		nodes="$nodes,memdev=far,initiator=0"
	else
		nodes="$nodes,initiator=0 -device pc-dimm,memdev=far,node=1"
		slots=,slots=1,maxmem=4G
		arguments="$arguments memhp_default_state=online_movable"
	fi
	nodes="$nodes -numa dist,src=0,dst=1,val=20
		-object memory-backend-ram,id=far,size=$((node + plug))M"
	for target in 0:100:20 1:300:5; do # ns, GB/s
		speed=${target#*:}
		lb="-numa hmat-lb,initiator=0,target=${target%%:*}"
		lb="$lb,hierarchy=memory,data-type"
		nodes="$nodes $lb=access-latency,latency=${speed%:*}
			$lb=access-bandwidth,bandwidth=${speed#*:}G"
	done
}

run_machine()
{
	set_nodes
	# shellcheck disable=SC2086 # a list of words
	set -- -nodefaults -no-user-config -no-reboot -display none \
		-machine q35,accel=tcg -cpu max,la57=off -smp "$cpus" \
		-m "$((near + node))M$slots" -object \
		"memory-backend-ram,id=near,size=${near}M" $nodes \
		-kernel "$kernel/vmlinuz" -initrd "$work/initrd" \
		-serial "file:$work/messages" -serial "file:$work/output" \
		-serial "file:$work/status"
	# no_timer_check: on a busy host the timer may be too late for the test
	# of it, after which the kernel does not start
	arguments="no_timer_check mitigations=off$arguments"
	timeout "$seconds" qemu-system-x86_64 "$@" -append \
		"console=ttyS0 panic=-1 nokaslr $arguments" \
		</dev/null >"$work/log" 2>&1
	status=$?
	touch "$work/messages" "$work/output" "$work/status"
	test -z "$log" || cp "$work/messages" "$log"
	cat "$work/output"
	test $status != 124 || exit 124
	read -r word text <"$work/status" ||
		give_up "no result: $(tail -n 1 "$work/log" "$work/messages")"
	case $word in
	exit) exit "$text" ;;
	*) give_up "$text" ;;
	esac
}

root='' memory=768 pmem=0 devdax=0 node=0 plug=0 cpus=1
seconds=300 log='' release='' more='' system=ext4
while test $# -ge 2; do
	case $1 in
	--root) root=$2 ;;
	--memory) memory=$2 ;;
	--pmem) pmem=$2 ;;
	--devdax) devdax=$2 ;;
	--node) node=$2 ;;
	--plug) plug=$2 ;;
	--kernel) release=$2 ;;
	--modules) more=$2 ;;
	--cpus) cpus=$2 ;;
	--seconds) seconds=$2 ;;
	--log) log=$2 ;;
	--xfs)
		system=xfs
		more=${more:+$more,}libcrc32c,xfs
		shift
		continue
		;;
	*) break ;;
	esac
	shift 2
done
case $memory$pmem$devdax$node$plug$cpus$seconds in
*[!0-9]*) give_up "not a number among the options" ;;
esac
case ${1--} in
-*) give_up "no command, or no such option: ${1-}" ;;
esac

# in the order in which they can be loaded; others are part of the kernel
modules="libnvdimm nd_btt nd_pmem device_dax dax_pmem nd_e820"
modules="$modules $(echo "$more" | tr , ' ')"
PATH=$PATH:/usr/sbin:/sbin # mkfs
need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
case $system in
ext4) need mkfs.ext4 e2fsprogs ;;
xfs) need mkfs.xfs xfsprogs ;;
esac
work=$(mktemp -d "${TMPDIR:-/tmp}/vmmalloc-vm.XXXXXX") || exit 125
made=
trap 'rm -rf "$work" $made' EXIT
trap 'exit 125' HUP INT TERM
fetch_kernel
lay_out
make_files "$@"
run_machine
