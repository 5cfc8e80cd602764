/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The statistics page has the numbers of vmmalloc_get_stats; a child of each
 * kind of fork has a page of its own; and no descriptor is needed for it.
 */
#include "libvmmalloc.h"
#include "page.h"
#include "platform.h"
#include "test.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#define BLOCKS 64

static volatile struct vmmalloc_page *page;
static void *blocks[BLOCKS];

static void
churn(void)
{
	for (int i = 0; i < BLOCKS; i++) {
		blocks[i] = malloc(MIB);
		CHECK(blocks[i] != NULL);
		test_fill(blocks[i], MIB, 1);
	}
}

static void
drop(void)
{
	for (int i = 0; i < BLOCKS; i++)
		free(blocks[i]);
}

/* Nothing may change the heap between the two. */
static void
numbers_agree(void)
{
	struct vmmalloc_stats stats = { .struct_size = sizeof(stats) };

	CHECK(vmmalloc_get_stats(&stats) == 0);
	CHECK(page->sequence % 2 == 0);
	CHECK(page->state == VMMALLOC_PAGE_LIVE);
	CHECK(page->pid == getpid());
	CHECK(page->updated_ms >= page->started_ms && page->started_ms > 0);
	CHECK(strcmp((const char *)page->backend, getenv("VMMALLOC_BACKEND")) ==
		0);
	CHECK(page->reserved == stats.pool_size);
	CHECK(page->committed == stats.committed);
	CHECK(page->committed_peak == stats.committed_peak);
	CHECK(page->purged == stats.purged);
	CHECK(page->free == stats.free);
	CHECK(page->commit_calls == stats.commit_calls);
	CHECK(page->purge_calls == stats.purge_calls);
	CHECK(page->forks == stats.forks);
	CHECK(page->idle <= page->committed);
	CHECK(page->n_places >= 1 && page->n_places <= VMMALLOC_PAGE_PLACES);
}

static void
places_add_up(void)
{
	uint64_t reserved = 0, committed = 0;

	for (unsigned int i = 0; i < page->n_places; i++) {
		reserved += page->place[i].reserved;
		committed += page->place[i].committed;
		CHECK(page->place[i].name[0] != '\0');
	}
	CHECK(reserved == page->reserved && committed == page->committed);
}

/* In a child: its heap grows, and its parent's page does not. */
static void
be_child(void)
{
	uint64_t committed = page->committed;

	CHECK(page->pid == getpid());
	CHECK(page->forks == 0);
	churn();
	CHECK(page->committed > committed || page->free > 0);
	numbers_agree();
	_exit(0);
}

static void
child_has_its_own(pid_t (*make)(void))
{
	uint64_t forks = page->forks;
	uint64_t committed = page->committed;
	int status;
	pid_t pid = make();

	CHECK(pid >= 0);
	if (pid == 0)
		be_child();
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(page->pid == getpid());
	CHECK(page->forks == forks + 1);
	CHECK(page->committed == committed);
	numbers_agree();
}

static pid_t
make_by_syscall(void)
{
#ifdef __s390x__
	return (pid_t)syscall(SYS_clone, NULL, SIGCHLD, NULL, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

static void
close_all(void)
{
	for (int fd = 3; fd < 4096; fd++)
		close(fd);
}

int
main(void)
{
	page = page_find();
	churn();
	numbers_agree();
	places_add_up();
	child_has_its_own(fork);
	child_has_its_own(make_by_syscall);
	drop();
	close_all();
	churn();
	numbers_agree();
	places_add_up();
	CHECK(page_find() == page);
	return 0;
}
