/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files from which code is mapped, as text for a record of the trace. The
 * functions need the lock of the lanes. No allocation here.
 */
#ifndef VMM_RECORD_MODULES_H
#define VMM_RECORD_MODULES_H

#include <stddef.h>
#include <stdint.h>

#define VMM_MODULES_SIZE ((size_t)512 << 10)

/*
 * Appends a line for each to the text of up to VMM_MODULES_SIZE bytes: start
 * and end of the mapping, offset in the file, build ID, path. Returns its
 * bytes, 0 if nothing is known. What does not fit is left out.
 */
size_t vmm_modules_get(char *text);

#endif /* VMM_RECORD_MODULES_H */
