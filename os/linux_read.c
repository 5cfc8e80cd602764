/* SPDX-License-Identifier: BSD-3-Clause */
/* The platform on Linux: files of /proc and /sys. No allocation here. */
#include "config.h"

#include "os/read.h"

#include "base/linux_sys.h"

#include <string.h>

size_t
vmm_os_read_text(const char *path, char *text, size_t size)
{
	int fd = vmm_sys_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	size_t used = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && used < size - 1) {
		n = vmm_sys_read(fd, text + used, size - 1 - used);
		if (n > 0)
			used += (size_t)n;
	}
	if (fd >= 0)
		vmm_sys_close(fd);
	text[used] = '\0';
	return used;
}

uint64_t
vmm_os_find_number(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	uint64_t value = 0;

	if (at == NULL)
		return 0;
	at += strlen(name);
	while (*at == ' ' || *at == '\t')
		at++;
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	return value;
}
