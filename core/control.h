/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests that other processes make through the statistics page: purge, start
 * the peak again, make a report. The request is a number that a process wrote
 * that may trace this one; nothing else is taken from the page, least of all a
 * path: a report is made in memory, and whoever asked fetches it there.
 *
 * There is no thread and no signal for this: requests are answered on slow
 * paths of the heap. No allocation here.
 */
#ifndef VMM_CONTROL_H
#define VMM_CONTROL_H

#include <stdbool.h>

/*
 * Answers the request in the page, if there is one. May only be called without
 * the lock around the pool. is_outside says that the calling thread holds no
 * lock of the backend either, so that its functions may be called. Once that
 * was the case, requests that need them wait until it is again. Otherwise they
 * are carried out without. Keeps errno. Thread-safe.
 */
void vmm_control_poll(bool is_outside);

#endif /* VMM_CONTROL_H */
