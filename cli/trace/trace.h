/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions here that commands call. In a vmmalloc that was built without
 * zstd, each of them complains and returns VMM_EXIT_FAILED.
 */
#ifndef VMM_TRACE_H
#define VMM_TRACE_H

/* 0, or an exit status after a complaint: whether traces can be made. */
int vmm_trace_check(const char *command);

/*
 * Prints what is in the trace, with the call sites in the order of this name,
 * and writes a page of it to the file html, unless that is NULL; or prints each
 * of its events as a line of CSV.
 */
int vmm_trace_print(const char *path, const char *order, const char *html);
int vmm_trace_print_csv(const char *path);

/*
 * Writes its sums by stack in the form of this name, to the file output, or to
 * standard output if that is NULL.
 */
int vmm_trace_export(const char *path, const char *form, const char *output);

#endif /* VMM_TRACE_H */
