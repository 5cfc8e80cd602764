/* SPDX-License-Identifier: BSD-3-Clause */
/* The terminal of vmmalloc top; see screen.h. */
#include "config.h"

#include "cli/live/screen.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool has_begun;
static bool has_keys; /* stdin is a terminal too, and not at its end */

bool
vmm_screen_is_one(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDOUT_FILENO) && kind != NULL &&
		strcmp(kind, "dumb") != 0;
}

void
vmm_screen_begin(void)
{
	struct termios keys;

	has_keys = tcgetattr(STDIN_FILENO, &before) == 0;
	if (has_keys) {
		keys = before;
		keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		keys.c_cc[VMIN] = 0;
		keys.c_cc[VTIME] = 0;
		has_keys = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
	}
	/* without the cursor, and empty */
	fputs("\033[?25l\033[H\033[J", stdout);
	has_begun = true;
}

void
vmm_screen_end(void)
{
	if (!has_begun)
		return;
	fputs("\033[?25h", stdout);
	fflush(stdout);
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	has_begun = false;
}

void
vmm_screen_size(int *columns, int *lines)
{
	struct winsize size;

	*columns = 80;
	*lines = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 ||
		size.ws_row == 0)
		return;
	*columns = size.ws_col;
	*lines = size.ws_row;
}

int
vmm_screen_key(int ms)
{
	struct pollfd keys = { .fd = has_keys ? STDIN_FILENO : -1,
		.events = POLLIN };
	char key;

	if (poll(&keys, 1, ms) <= 0)
		return 0;
	if (read(STDIN_FILENO, &key, 1) == 1)
		return key;
	has_keys = false; /* the end of the input: do not come back at once */
	return 0;
}
