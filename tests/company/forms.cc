// SPDX-License-Identifier: BSD-3-Clause
// Uses each form of the operators new and delete, once with memory and once
// without, and prints a line for each: what was called of the operators that
// the program replaces, and how it ended. For tests/company/operators.sh.
#include "replaced.h"

#include <vmmalloc/backend.h>

#include <cstdio>
#include <new>

#pragma weak vmmalloc_host_get

static const std::align_val_t wide{ 256 };
static const std::nothrow_t &quiet = std::nothrow;
static unsigned int handled;

static void
give_up_at_second()
{
	if (++handled == 2)
		std::set_new_handler(nullptr);
}

static const char *
place_of(void *p)
{
	if (vmmalloc_host_get == nullptr)
		return "right";
	const struct vmmalloc_host *host = vmmalloc_host_get();
	uintptr_t offset = reinterpret_cast<uintptr_t>(p) -
		reinterpret_cast<uintptr_t>(host->pool_base);

	return offset < host->pool_size ? "right" : "WRONG";
}

template <typename New, typename Delete>
static void
use(const char *name, New take, Delete release)
{
	void *p = nullptr;
	const char *end = "NULL";

	replaced_news = replaced_deletes = 0;
	p = take(1000);
	const char *place = place_of(p);

	release(p);
	printf("%s: %u, %u, place %s", name, replaced_news, replaced_deletes,
		place);
	// what fails, and the handler before it does
	replaced_news = handled = 0;
	std::set_new_handler(give_up_at_second);
	try {
		p = take(static_cast<size_t>(-1) / 2 - 10000);
		if (p != nullptr)
			end = "a block";
	} catch (const std::bad_alloc &) {
		end = "bad_alloc";
	}
	std::set_new_handler(nullptr);
	printf("; %u, %u calls of the handler, %s\n", replaced_news, handled,
		end);
}

#define TAKE(call) [](size_t n) { return call; }
#define RELEASE(call) [](void *p) { call; }

extern "C" void
use_forms()
{
	use("plain", TAKE(operator new(n)), RELEASE(operator delete(p)));
	use("sized", TAKE(operator new(n)), RELEASE(operator delete(p, 1000)));
	use("nothrow", TAKE(operator new(n, quiet)),
		RELEASE(operator delete(p, quiet)));
	use("nothrow, plain delete", TAKE(operator new(n, quiet)),
		RELEASE(operator delete(p)));
	use("array", TAKE(operator new[](n)), RELEASE(operator delete[](p)));
	use("array, sized", TAKE(operator new[](n)),
		RELEASE(operator delete[](p, 1000)));
	use("array, nothrow", TAKE(operator new[](n, quiet)),
		RELEASE(operator delete[](p, quiet)));
	use("aligned", TAKE(operator new(n, wide)),
		RELEASE(operator delete(p, wide)));
	use("aligned, sized", TAKE(operator new(n, wide)),
		RELEASE(operator delete(p, 1000, wide)));
	use("aligned, nothrow", TAKE(operator new(n, wide, quiet)),
		RELEASE(operator delete(p, wide, quiet)));
	use("aligned array", TAKE(operator new[](n, wide)),
		RELEASE(operator delete[](p, wide)));
	use("aligned array, sized", TAKE(operator new[](n, wide)),
		RELEASE(operator delete[](p, 1000, wide)));
	use("aligned array, nothrow", TAKE(operator new[](n, wide, quiet)),
		RELEASE(operator delete[](p, wide, quiet)));
	fflush(stdout);
}

#ifdef WITH_MAIN
int
main()
{
	use_forms();
	return 0;
}
#endif
