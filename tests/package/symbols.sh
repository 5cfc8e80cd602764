# SPDX-License-Identifier: BSD-3-Clause
# The symbols that the library and its plugins export, their versions, whether the
# manual page has them, and functions that the core must not use.
. "$TEST_SRCDIR/tests/lib.sh"

make_scratch

# check_exports FILE SYMBOL...
check_exports()
{
	file=$1
	shift
	printf '%s\n' "$@" | LC_ALL=C sort >"$scratch/expected"
	$TEST_NM -D --defined-only "$file" |
		awk '$2 != "A" { print $NF }' | # no version nodes
		grep -vx -e _init -e _fini | # nor musl's crti.o
		sed 's/@.*//' | LC_ALL=C sort >"$scratch/found"
	diff "$scratch/expected" "$scratch/found" ||
		fail "< documented, > exported by $file"
}

# list_symbols LIST [FLAG...]: the names in one list of the table from which the
# library, version script and documentation are made
list_symbols()
{
	list=$1
	shift
	printf '#include "%s"\n#define X(name) name\n%s(X)\n' \
		interpose/symbols.h "$list" |
		$TEST_CC "$@" -E -P -I"$TEST_BUILDDIR" -I"$TEST_SRCDIR" \
			-x c - | tr -s ' ' '\n' | grep .
}

list_symbols VMM_SYMBOLS_TAKEN_OVER -include config.h >"$scratch/taken-over"
list_symbols VMM_SYMBOLS_OWN_1_2 -include config.h >"$scratch/own"
# The table itself: no symbol that programs rely on may be lost from it.
for symbol in calloc fork free malloc mallocx posix_memalign realloc \
	sdallocx; do
	grep -qx "$symbol" "$scratch/taken-over" ||
		fail "the table lacks $symbol"
done

for variant in .libs debug/.libs; do
	shared=$TEST_BUILDDIR/$variant/libvmmalloc.so.1
	check_exports "$shared" $(cat "$scratch/taken-over" "$scratch/own")
	# Versions: our own symbols have one, those taken over have none.
	sed 's/$/@@LIBVMMALLOC_1.2/' "$scratch/own" |
		LC_ALL=C sort >"$scratch/expected"
	$TEST_NM -D --defined-only --with-symbol-versions "$shared" |
		awk '$2 != "A" && /@/ { print $NF }' |
		LC_ALL=C sort >"$scratch/found"
	diff "$scratch/expected" "$scratch/found" ||
		fail "< versioned by the table, > in $shared"
done

# The manual page has all of the table, whatever this C library has.
list_symbols VMM_SYMBOLS_TAKEN_OVER -DHAVE_MALLINFO -DHAVE_MALLINFO2 \
	-DHAVE_REGISTER_ATFORK -DHAVE_RTLD_DEEPBIND | LC_ALL=C sort >"$scratch/expected"
sed -n '/^\.Sh SYMBOLS/,/^\.Sh [^S]/s/^\.Fn \([A-Za-z0-9_]*\).*/\1/p' \
	"$TEST_SRCDIR/doc/libvmmalloc.7" | LC_ALL=C sort >"$scratch/found"
diff "$scratch/expected" "$scratch/found" ||
	fail "< in interpose/symbols.h, > in SYMBOLS of libvmmalloc(7)"

# A backend exports its table, and the symbols that its library looks up.
for name in $TEST_BACKENDS; do
	case $name in
	jemalloc) set -- malloc_conf ;;
	tcmalloc)
		set -- _Z24perftools_pthread_atforkPFvvES0_S0_ \
			_Z24tc_get_sysalloc_overrideP12SysAllocator \
			_ZN8tcmalloc3LogENS_7LogModeEPKciNS_7LogItemES3_S3_S3_
		;;
	*) set -- ;;
	esac
	check_exports "$backends/$name.so" \
		vmmalloc_backend "$@"
done
check_exports "$TEST_BUILDDIR/debug/.libs/native.so" vmmalloc_backend

# From libc: nothing that allocates or takes locks unseen (stdio, except for the
# fprintf of malloc_info, which gets a FILE from its caller), and nothing that
# reads the environment in a way that is unsafe for a set-user-ID program.
$TEST_NM -D --undefined-only "$library" |
	awk '{ print $NF }' | sed 's/@.*//' >"$scratch/used"
for symbol in asprintf fflush fopen fputs fwrite getenv getline \
	printf puts setenv snprintf stderr stdout strdup strndup strtol \
	strtoul strtoull vfprintf vprintf vsnprintf; do
	if grep -qx -e "$symbol" -e "__${symbol}_chk" -e "__isoc.._$symbol" \
		"$scratch/used"; then
		fail "the library uses $symbol"
	fi
done
# and none of the malloc family, which would be calls of itself
for symbol in calloc free malloc memalign posix_memalign realloc; do
	if grep -qx -e "$symbol" "$scratch/used"; then
		fail "the library wants $symbol from others"
	fi
done

# All symbols of other libraries that the objects use. Whatever malloc, a fork
# handler or the constructor can reach may only use functions that neither
# allocate nor wait, in the list below; a few objects may use more, for the
# reason stated.
plain="_exit abort close ehdr_start environ errno_location getauxval getcwd getpid
	libc_stack_end memchr memcmp memcpy memmove memset mprotect popcountdi2 pthread_key_create
	pthread_setspecific sched_yield secure_getenv stack_chk_fail strchr
	strcmp strerrordesc_np strerror strlen strncmp strrchr strspn strstr
	sysconf tls_get_addr waitpid write"
# The platform calls the kernel through the C library on machines for which
# there is no code of our own.
calls="clock_gettime close fallocate fcntl fstat fstatfs ftruncate getrlimit
	ioctl madvise mlock mmap mremap munlock munmap open openat pkey_mprotect
	pthread_sigmask pwrite read sigfillset syscall"
checked=0
for object in "$TEST_BUILDDIR"/core/.libs/*.o "$TEST_BUILDDIR"/base/.libs/*.o \
	"$TEST_BUILDDIR"/os/.libs/*.o \
	"$TEST_BUILDDIR"/interpose/.libs/*.o; do
	case $object in
	# loads the backend, in the constructor, after the pool is created
	*-plugin.o) more="access closedir dlerror dlopen dlsym opendir readdir" ;;
	*-plugin_table.o) more="dladdr" ;;
	# creates a thread in malloc, outside the heap's functions
	*-background.o)
		more="pthread_attr_destroy pthread_attr_init
			pthread_attr_setdetachstate pthread_attr_setstacksize"
		;;
	# looks up the next library's functions, in the constructor
	*-next.o) more=dlsym ;;
	# looks up functions of the C library, when the pool is created and in
	# the constructor; pthread_atfork if nothing lies below it, as in musl
	*-linux_process.o)
		more="$calls dlopen dlsym libc_single_threaded pthread_atfork"
		;;
	# the pool's directory is examined before there is a heap
	*-linux_file.o) more="$calls flock setrlimit stat unlinkat" ;;
	*-linux_output.o) more="$calls stat" ;;
	# looks up the unwinder, in the constructor, if there is a profile
	*-linux_unwind.o) more="dl_iterate_phdr dlopen dlsym" ;;
	*/os/.libs/*) more=$calls ;;
	*/interpose/.libs/*-thread.o)
		more="pthread_attr_getstack pthread_attr_setstacksize"
		;;
	# malloc_info gets a FILE
	*-info.o) more=fprintf ;;
	*) more= ;;
	esac
	printf '%s\n' $plain $more >"$scratch/allowed"
	$TEST_NM -u "$object" | awk '{ print $NF }' |
		grep -v -e '^_*vmm' -e '^_GLOBAL_OFFSET_TABLE_$' \
			-e '^__[a-z]*san_' |
		sed 's/@.*//; s/^__//; s/_chk$//; s/_time64$//; s/64$//' |
		grep -vxFf "$scratch/allowed" >"$scratch/beyond" && {
		echo "FAILED: ${object#"$TEST_BUILDDIR/"} uses:"
		cat "$scratch/beyond"
		failures=$((failures + 1))
	}
	checked=$((checked + 1))
done
test $checked -ge 40 || fail "only $checked objects found"
finish
