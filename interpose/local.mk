# SPDX-License-Identifier: BSD-3-Clause
# The library, in its release variant and in the debug variant, which has the
# same soname in a directory of its own.
lib_LTLIBRARIES += libvmmalloc.la
libvmmalloc_la_SOURCES = \
	interpose/allocx.c \
	interpose/export.h \
	interpose/fork.c \
	interpose/malloc.c \
	interpose/specific.c \
	interpose/symbols.h \
	interpose/thread.c \
	interpose/trim.c
if HAVE_MALLINFO
libvmmalloc_la_SOURCES += interpose/info.c
endif
if HAVE_REGISTER_ATFORK
libvmmalloc_la_SOURCES += interpose/atfork.c
endif
if HAVE_RTLD_DEEPBIND
libvmmalloc_la_SOURCES += interpose/dlopen.c
endif
libvmmalloc_la_CFLAGS = $(AM_CFLAGS) $(VMM_LEAN_CFLAGS) \
	-fvisibility=hidden -fno-builtin
libvmmalloc_la_LIBADD = libcore.la
EXTRA_libvmmalloc_la_DEPENDENCIES = $(version_script)
# nodelete: code that the program may still call must never be unloaded.
libvmmalloc_la_LDFLAGS = \
	$(VMM_LEAN_LDFLAGS) \
	-version-info $(VMM_VERSION_INFO) \
	-Wl,--version-script,$(version_script) \
	-Wl,-z,defs \
	-Wl,-z,nodelete \
	-Wl,-z,now \
	-Wl,-z,relro

debuglib_LTLIBRARIES += debug/libvmmalloc.la
debug_libvmmalloc_la_SOURCES = $(libvmmalloc_la_SOURCES)
debug_libvmmalloc_la_CPPFLAGS = $(AM_CPPFLAGS) -DVMM_DEBUG
debug_libvmmalloc_la_CFLAGS = $(libvmmalloc_la_CFLAGS)
debug_libvmmalloc_la_LIBADD = libcore_debug.la
EXTRA_debug_libvmmalloc_la_DEPENDENCIES = $(version_script)
debug_libvmmalloc_la_LDFLAGS = $(libvmmalloc_la_LDFLAGS)

# From the table in symbols.h; -P because # starts no comment for a linker.
version_script = interpose/libvmmalloc.map
version_script_inputs = \
	interpose/symbols.h \
	interpose/version-script.in
$(version_script): $(version_script_inputs) config.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(CC) -E -P -x c $(DEFS) $(DEFAULT_INCLUDES) -I$(top_srcdir) \
		$(srcdir)/interpose/version-script.in >$@.new && \
	mv $@.new $@
CLEANFILES += $(version_script)
EXTRA_DIST += interpose/version-script.in
