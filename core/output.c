/* SPDX-License-Identifier: BSD-3-Clause */
/* Reports whose file a variable names; see output.h. */
#include "config.h"

#include "core/output.h"

#include "base/format.h"
#include "base/log.h"
#include "os/output.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
vmm_output_name(char *name, size_t size, const char *pattern)
{
	const char *mark = strstr(pattern, "%p");
	size_t n;

	if (mark == NULL) {
		vmm_format(name, size, "%s", pattern);
		return;
	}
	n = (size_t)(mark - pattern);
	if (n >= size)
		n = size - 1;
	memcpy(name, pattern, n);
	vmm_format(name + n, size - n, "%d%s", (int)getpid(), mark + 2);
}

int
vmm_output_open(char *name, const char *variable)
{
	int fd = vmm_os_output_open(name, O_NONBLOCK);

	(void)variable;
	if (fd < 0)
		VMM_LOG_ERRNO("open of %s %s", variable, name);
	return fd;
}
