// SPDX-License-Identifier: BSD-3-Clause
// The operators that a program has of its own: none, or pairs of them, by
// REPLACE_PLAIN, REPLACE_ARRAY, REPLACE_ALIGNED and REPLACE_NOTHROW. All but
// the last have a header before each block, so that the program ends at once
// if a block is released by another's operator. For tests/company/operators.sh.
#include "replaced.h"

#include <cstdio>
#include <cstdlib>
#include <new>

unsigned int replaced_news, replaced_deletes;

namespace
{

struct header {
	size_t magic;
	void *start;
};

// As the standard has it: the handler until it succeeds or there is none.
[[maybe_unused]] void *
take(size_t size, size_t alignment, size_t magic)
{
	void *start = nullptr;

	replaced_news++;
	while (posix_memalign(&start, alignment, size + alignment) != 0) {
		std::new_handler handler = std::get_new_handler();

		if (handler == nullptr)
			throw std::bad_alloc();
		handler();
	}
	char *block = static_cast<char *>(start) + alignment;

	reinterpret_cast<header *>(block)[-1] = { magic, start };
	return block;
}

[[maybe_unused]] void
release(void *block, size_t magic)
{
	header *h = static_cast<header *>(block) - 1;

	replaced_deletes++;
	if (h->magic != magic) {
		puts("WRONG: a block of another operator new");
		fflush(stdout);
		_Exit(1);
	}
	h->magic = 0;
	free(h->start);
}

} // namespace

#ifdef REPLACE_PLAIN
void *
operator new(size_t size)
{
	return take(size, 16, 0x51);
}

void
operator delete(void *block) noexcept
{
	release(block, 0x51);
}
#endif

#ifdef REPLACE_ARRAY
void *
operator new[](size_t size)
{
	return take(size, 16, 0x52);
}

void
operator delete[](void *block) noexcept
{
	release(block, 0x52);
}
#endif

#ifdef REPLACE_ALIGNED
void *
operator new(size_t size, std::align_val_t alignment)
{
	return take(size, static_cast<size_t>(alignment), 0x53);
}

void
operator delete(void *block, std::align_val_t) noexcept
{
	release(block, 0x53);
}
#endif

#ifdef REPLACE_NOTHROW
void *
operator new(size_t size, const std::nothrow_t &) noexcept
{
	replaced_news++;
	return malloc(size);
}

void
operator delete(void *block, const std::nothrow_t &) noexcept
{
	replaced_deletes++;
	free(block);
}
#endif
