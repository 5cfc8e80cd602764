# SPDX-License-Identifier: BSD-3-Clause
# A pool on real DAX memory, for every backend: a file system mounted with
# dax=always and a device DAX node, both in an emulated machine that the tool
# dax-vm runs (make check-dax). TEST_DAX_LENGTH=short leaves out what other
# tests show, to take at most four minutes in all. tests/platform/dax-guest.sh
# runs in the machine.
. "$TEST_SRCDIR/tests/lib.sh"

# The given tool, or the one beside the checkout, where CI has it.
dax_vm=${TEST_DAX_VM-}
test -n "$dax_vm" || dax_vm=$TEST_SRCDIR/../shared/dax-vm/dax-vm
test -x "$dax_vm" || skip "no dax-vm; give DAX_VM=path/to/dax-vm to make"
PATH=$PATH:/usr/sbin:/sbin # mkfs.ext4
for need in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static \
	mkfs.ext4:e2fsprogs; do
	command -v "${need%:*}" >/dev/null ||
		skip "no ${need%:*} (package ${need#*:})"
done

make_scratch

# The machine is emulated even if there is a KVM, which fails or hangs inside
# many virtual machines: so the test is the same everywhere.
mkdir "$scratch/bin" || exit 99
cat >"$scratch/bin/qemu-system-x86_64" <<END
#!/bin/sh
for word; do
	shift
	case \$word in
	*accel=kvm:tcg*) word=\${word%%accel=*}accel=tcg\${word#*kvm:tcg} ;;
	esac
	set -- "\$@" "\$word"
done
exec $(command -v qemu-system-x86_64) "\$@"
END
chmod +x "$scratch/bin/qemu-system-x86_64"
PATH=$scratch/bin:$PATH

# The files for the guest. dax-vm adds the libraries that they need.
root=$scratch/root/test
mkdir -p "$root/backends" "$root/preload" || exit 99
cp "$TEST_SRCDIR/tests/lib.sh" "$root" || exit 99
cp "$TEST_SRCDIR/tests/platform/dax-guest.sh" "$root/guest.sh" || exit 99
cp -L "$library" "$root" || exit 99
for backend in $TEST_BACKENDS; do
	cp "$backends/$backend.so" "$root/backends" || exit 99
done
for program in calloc-zero closed-descriptors fork-closed-descriptors \
	fork-generations fork-handlers fork-private fork-purge fork-storm \
	fork-threads in-pool realloc; do
	cp "$TEST_BUILDDIR/tests/preload/$program" "$root/preload" || exit 99
done

length=${TEST_DAX_LENGTH:-long}
limit=1800
test "$length" != short || limit=220
"$dax_vm" --root "$scratch/root" --pmem 512M --devdax 320M \
	--timeout $limit -- sh /test/guest.sh "$length" $TEST_BACKENDS \
	>"$scratch/out" 2>&1
status=$?
cat "$scratch/out"
passed=$(grep -c '^passed: ' "$scratch/out")
! grep -q '^FAILED: ' "$scratch/out" || die "in the machine; see above"
case $status in
0) ;;
124) skip "after $limit s; until then $passed passed, and none failed" ;;
125) skip "dax-vm could not run its machine: $(tail -n 1 "$scratch/out")" ;;
*) die "exit status $status" ;;
esac
grep -q "^all $passed passed\$" "$scratch/out" || die "not all of it has run"
