/* SPDX-License-Identifier: BSD-3-Clause */
/* A small printf; see format.h. No allocation here. */
#include "config.h"

#include "base/format.h"

#include <stdint.h>

struct out {
	char *buf;
	size_t size;
	size_t used;
};

static void
put_char(struct out *o, char c)
{
	if (o->used + 1 < o->size)
		o->buf[o->used] = c;
	o->used++;
}

/* Adds up to `most` bytes of s, and "..." if that is not all. */
static void
put_cut(struct out *o, const char *s, size_t most)
{
	if (s == NULL)
		s = "(null)";
	for (; *s != '\0'; most--) {
		if (most == 0) {
			put_cut(o, "...", SIZE_MAX);
			return;
		}
		put_char(o, *s++);
	}
}

static void
put_string(struct out *o, const char *s)
{
	put_cut(o, s, SIZE_MAX);
}

static void
put_number(struct out *o, unsigned long long n, unsigned int base)
{
	char digits[24];
	size_t i = sizeof(digits);

	digits[--i] = '\0';
	do {
		digits[--i] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n != 0);
	put_string(o, digits + i);
}

static void
put_signed(struct out *o, long long n)
{
	if (n < 0) {
		put_char(o, '-');
		put_number(o, 0 - (unsigned long long)n, 10);
	} else {
		put_number(o, (unsigned long long)n, 10);
	}
}

size_t
vmm_format_va(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };

	for (; *fmt != '\0'; fmt++) {
		int longs = 0;
		size_t most = SIZE_MAX;
		unsigned long long n;

		if (*fmt != '%') {
			put_char(&o, *fmt);
			continue;
		}
		fmt++;
		if (*fmt == '.')
			for (most = 0, fmt++; *fmt >= '0' && *fmt <= '9'; fmt++)
				most = most * 10 + (size_t)(*fmt - '0');
		for (; *fmt == 'l' || *fmt == 'z'; fmt++)
			longs += 1; /* size_t is as long as long on Linux */
		switch (*fmt) {
		case 's':
			put_cut(&o, va_arg(ap, const char *), most);
			break;
		case 'c':
			put_char(&o, (char)va_arg(ap, int));
			break;
		case 'd':
			put_signed(&o,
				longs == 0	     ? va_arg(ap, int)
					: longs == 1 ? va_arg(ap, long)
						     : va_arg(ap, long long));
			break;
		case 'u':
		case 'x':
			n = longs == 0	     ? va_arg(ap, unsigned int)
				: longs == 1 ? va_arg(ap, unsigned long)
					     : va_arg(ap, unsigned long long);
			put_number(&o, n, *fmt == 'x' ? 16 : 10);
			break;
		case 'p':
			put_string(&o, "0x");
			put_number(&o, (uintptr_t)va_arg(ap, void *), 16);
			break;
		case '%':
			put_char(&o, '%');
			break;
		default: /* a bug of the caller: show it, do not hide it */
			put_char(&o, '%');
			put_char(&o, *fmt);
			break;
		}
	}
	if (size > 0)
		buf[o.used < size ? o.used : size - 1] = '\0';
	return o.used;
}

size_t
vmm_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = vmm_format_va(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
