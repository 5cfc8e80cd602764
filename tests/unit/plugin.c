/* SPDX-License-Identifier: BSD-3-Clause */
/* core/plugin.c: which file is loaded, and what is said if none can be. */
#include "config.h"

#include "core/plugin.h"

#include "core/env.h"
#include "tests/unit/unit.h"
#include "vmmalloc/backend.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char empty[64], full[64], paths[2 * PATH_MAX];
static struct vmm_config config;
static struct vmmalloc_backend backend;

/* A directory without plugins, and one with files that are none. */
static void
set_up(void)
{
	char dir[] = "/tmp/unit-plugin.XXXXXX";
	char path[128];
	Dl_info libc;
	FILE *file;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(empty, sizeof(empty), "%s/empty", dir);
	snprintf(full, sizeof(full), "%s/full", dir);
	ck_assert_int_eq(mkdir(empty, 0700), 0);
	ck_assert_int_eq(mkdir(full, 0700), 0);
	snprintf(path, sizeof(path), "%s/text.so", full);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("not a library\n", file);
	fclose(file);
	snprintf(path, sizeof(path), "%s/not.a.name.so", full);
	ck_assert_int_eq(symlink("text.so", path), 0);
	snprintf(path, sizeof(path), "%s/.so", full);
	ck_assert_int_eq(symlink("text.so", path), 0);
	snprintf(path, sizeof(path), "%s/other.txt", full);
	ck_assert_int_eq(symlink("text.so", path), 0);
	ck_assert_int_ne(dladdr((void *)dlsym(RTLD_DEFAULT, "puts"), &libc), 0);
	snprintf(path, sizeof(path), "%s/libc.so", full);
	ck_assert_int_eq(symlink(libc.dli_fname, path), 0);

	snprintf(paths, sizeof(paths), "%s:%s", empty, full);
	config.backend_path = paths;
	config.pool_size = (size_t)1 << 30;
}

static void
tear_down(void)
{
	char command[128];

	*strrchr(empty, '/') = '\0';
	snprintf(command, sizeof(command), "rm -r '%s'", empty);
	ck_assert_int_eq(system(command), 0);
}

static void
load(void)
{
	vmm_plugin_load(&config, &backend);
}

static void
start(void)
{
	vmm_plugin_start(&config, NULL, &backend);
}

/* The one line with which the function ends a process; "" if it returns. */
static const char *
message_of(void (*function)(void))
{
	static char text[4096];
	size_t used = 0;
	ssize_t n;
	int ends[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		function();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), used > 0 ? 127 : 0);
	return text;
}

static void
expect(void (*function)(void), const char *part)
{
	const char *text = message_of(function);

	ck_assert_msg(
		strstr(text, part) != NULL, "not in \"%s\": %s", text, part);
}

/* The message has all names that could be loaded, each of them once. */
START_TEST(not_found)
{
	const char *text;

	strcpy(config.backend, "absent");
	snprintf(paths, sizeof(paths), "%s:%s:%s", full, empty, full);
	text = message_of(load);
	ck_assert_ptr_nonnull(strstr(text, "'absent': no such backend"));
	ck_assert_ptr_nonnull(strstr(text, paths));
	ck_assert_ptr_nonnull(strstr(text, " text"));
	ck_assert_ptr_null(strstr(strstr(text, " text") + 1, " text"));
	ck_assert_ptr_nonnull(strstr(text, " libc"));
	ck_assert_ptr_null(strstr(text, "not.a.name"));
	ck_assert_ptr_null(strstr(text, "other"));
}
END_TEST

START_TEST(not_a_library)
{
	strcpy(config.backend, "text");
	expect(load, "/full/text.so: ");
}
END_TEST

START_TEST(no_table)
{
	strcpy(config.backend, "libc");
	expect(load, "it has no symbol vmmalloc_backend");
}
END_TEST

/* A plugin of this build, which is found behind another directory. */
static void
choose_native(void)
{
	const char *build = getenv("TEST_BUILDDIR");

	snprintf(paths, sizeof(paths), "%s:%s/backends/.libs:%s", empty,
		build != NULL ? build : ".", full);
	strcpy(config.backend, "native");
}

START_TEST(loads)
{
	choose_native();
	load();
	ck_assert_str_eq(backend.name, "native");
	ck_assert_ptr_nonnull(backend.malloc);
}
END_TEST

START_TEST(pool_is_too_small)
{
	choose_native();
	load();
	config.pool_size = (size_t)backend.min_pool;
	ck_assert_str_eq(message_of(load), "");
	if (config.pool_size-- > 0)
		expect(load, "less than the backend native needs");
}
END_TEST

static int
refuse(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	(void)host;
	(void)self;
	errno = ENOTTY;
	return -1;
}

static int
drop_realloc(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	(void)host;
	self->realloc = NULL;
	return 0;
}

static int
use_our_malloc(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	void *ours = (void *)vmm_plugin_load;

	(void)host;
	memcpy(&self->malloc, &ours, sizeof(ours));
	return 0;
}

static int
drop_free_sized(const struct vmmalloc_host *host, struct vmmalloc_backend *self)
{
	(void)host;
	self->free_sized = NULL;
	return 0;
}

/* Changes that init makes to the table are checked like the table itself. */
START_TEST(starts)
{
	char refused[100];

	choose_native();
	load();
	backend.init = refuse;
	snprintf(refused, sizeof(refused), "its init failed: %s",
		strerror(ENOTTY));
	expect(start, refused);
	backend.init = drop_realloc;
	expect(start, "missing in its table: realloc");
	backend.init = use_our_malloc;
	expect(start, "its malloc is libvmmalloc's own");
	backend.init = drop_free_sized;
	ck_assert_str_eq(message_of(start), "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plugin");
	TCase *cases = tcase_create("all");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, not_found);
	tcase_add_test(cases, not_a_library);
	tcase_add_test(cases, no_table);
	tcase_add_test(cases, loads);
	tcase_add_test(cases, pool_is_too_small);
	tcase_add_test(cases, starts);
	suite_add_tcase(suite, cases);
	return unit_run(suite);
}
