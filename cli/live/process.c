/* SPDX-License-Identifier: BSD-3-Clause */
/* Listing processes; see process.h. */
#include "config.h"

#include "cli/live/process.h"

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/doctor/process.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name may have any bytes, parentheses among them. */
static int
read_stat(struct vmm_live_process *process)
{
	char *text = vmm_process_read_file(process->pid, "stat");
	char *open = text != NULL ? strchr(text, '(') : NULL;
	char *close = text != NULL ? strrchr(text, ')') : NULL;
	long parent, pages = 0;
	int r = -1;

	if (open != NULL && close != NULL &&
		sscanf(close + 1,
			" %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
			"%*d %*d %*d %*d %*d %*d %" SCNu64 " %*u %ld",
			&parent, &process->start, &pages) == 3) {
		*close = '\0';
		snprintf(process->name, sizeof(process->name), "%s", open + 1);
		for (char *p = process->name; *p != '\0'; p++)
			if (*p < ' ' || *p > '~')
				*p = '?';
		process->parent = (pid_t)parent;
		process->resident =
			(uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
		r = 0;
	}
	free(text);
	return r;
}

/* Adds the process if it has a page. Returns 0, or -1 with errno. */
static int
add(struct vmm_live_list *list, pid_t pid)
{
	struct vmm_live_process process = { .pid = pid };
	struct vmm_live_page live;

	if (vmm_live_page_open(&live, pid) != 0) {
		list->refused +=
			live.has_library && (errno == EACCES || errno == EPERM);
		return -1;
	}
	vmm_live_page_sample(&live);
	vmm_live_page_close(&live);
	process.page = live.page;
	if (read_stat(&process) != 0) {
		errno = ESRCH;
		return -1;
	}
	list->processes = vmm_array_resize(
		list->processes, list->n + 1, sizeof(*list->processes));
	list->processes[list->n++] = process;
	return 0;
}

static int
add_named(struct vmm_live_list *list, char *const pids[])
{
	int r = 0;

	for (; *pids != NULL; pids++) {
		int pid;

		if (vmm_parse_int(*pids, 1, INT_MAX, &pid) != 0) {
			vmm_complain(
				"'%s' is not the number of a process", *pids);
			r = -1;
		} else if (add(list, (pid_t)pid) != 0) {
			vmm_complain("process %d: %s", pid,
				vmm_live_page_why(errno));
			r = -1;
		}
	}
	return r;
}

static void
add_all(struct vmm_live_list *list)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		int pid;

		if (vmm_parse_int(entry->d_name, 1, INT_MAX, &pid) == 0)
			add(list, (pid_t)pid);
	}
	if (proc != NULL)
		closedir(proc);
}

static int
by_pid(const void *a, const void *b)
{
	const struct vmm_live_process *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/*
 * The parent of a process; 0 if there is none. Processes between those of a
 * tree need not use the library.
 */
static pid_t
parent_of(const struct vmm_live_list *list, pid_t pid)
{
	const struct vmm_live_process *found = vmm_live_find(list, pid);
	struct vmm_live_process process = { .pid = pid };

	if (found != NULL)
		return found->parent;
	return read_stat(&process) == 0 ? process.parent : 0;
}

static bool
is_in_tree(const struct vmm_live_list *list, pid_t pid, pid_t root)
{
	while (pid > 0 && pid != root)
		pid = parent_of(list, pid);
	return pid == root;
}

static void
keep_tree(struct vmm_live_list *list, pid_t root)
{
	size_t n = 0;
	bool *is_kept = vmm_array_new(list->n + 1, sizeof(*is_kept));

	for (size_t i = 0; i < list->n; i++)
		is_kept[i] = is_in_tree(list, list->processes[i].pid, root);
	for (size_t i = 0; i < list->n; i++)
		if (is_kept[i])
			list->processes[n++] = list->processes[i];
	list->n = n;
	free(is_kept);
}

/* Reads the pages again. Those that have ended keep what they had. */
static void
read_again(struct vmm_live_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct vmm_live_page live;

		if (vmm_live_page_open(&live, list->processes[i].pid) != 0)
			continue;
		list->processes[i].page = live.page;
		vmm_live_page_close(&live);
	}
}

int
vmm_live_list(struct vmm_live_list *list, const struct vmm_live_choice *choice)
{
	int r = 0;

	*list = (struct vmm_live_list){ .n = 0 };
	if (choice->pids != NULL && choice->pids[0] != NULL) {
		r = add_named(list, choice->pids);
		list->refused = 0; /* there was a complaint */
	} else {
		add_all(list);
	}
	if (list->n > 0)
		qsort(list->processes, list->n, sizeof(*list->processes),
			by_pid);
	if (choice->tree != 0)
		keep_tree(list, choice->tree);
	if (choice->sample_ms > 0 && list->n > 0) {
		usleep(choice->sample_ms * 1000);
		read_again(list);
	}
	return r;
}

void
vmm_live_list_free(struct vmm_live_list *list)
{
	free(list->processes);
	*list = (struct vmm_live_list){ .n = 0 };
}

const struct vmm_live_process *
vmm_live_find(const struct vmm_live_list *list, pid_t pid)
{
	struct vmm_live_process key = { .pid = pid };

	if (list->n == 0)
		return NULL;
	return bsearch(&key, list->processes, list->n, sizeof(key), by_pid);
}
