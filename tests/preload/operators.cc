// SPDX-License-Identifier: BSD-3-Clause
// Every operator new with every operator delete that may free its block, and
// what they do when there is no memory.
#include "test.h"

#include <new>

#define ROUNDS 300

// Sizes that are asked for in turn: from nothing to an extent of its own.
static size_t
size_of(unsigned int i)
{
	return i % 100 == 99 ? MIB + i : i * i % 7001;
}

static void *
checked(void *p, size_t size, size_t align, unsigned int seed)
{
	CHECK(p != nullptr);
	CHECK(test_is_in_pool(p));
	CHECK(reinterpret_cast<uintptr_t>(p) % align == 0);
	test_fill(p, size, seed);
	return p;
}

static const size_t align = 256;
static const std::align_val_t wide{ align };
static const std::nothrow_t &quiet = std::nothrow;

static void
all_forms()
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		size_t n = size_of(i);
		void *p[24];

		for (unsigned int k = 0; k < 8; k += 2) {
			p[k] = checked(::operator new(n), n, 1, k);
			p[k + 1] = checked(::operator new(n, quiet), n, 1, k);
		}
		for (unsigned int k = 8; k < 12; k += 2) {
			p[k] = checked(::operator new[](n), n, 1, k);
			p[k + 1] = checked(::operator new[](n, quiet), n, 1, k);
		}
		for (unsigned int k = 12; k < 18; k += 2) {
			p[k] = checked(::operator new(n, wide), n, align, k);
			p[k + 1] = checked(
				::operator new(n, wide, quiet), n, align, k);
		}
		for (unsigned int k = 18; k < 24; k += 2) {
			p[k] = checked(::operator new[](n, wide), n, align, k);
			p[k + 1] = checked(
				::operator new[](n, wide, quiet), n, align, k);
		}
		for (unsigned int k = 0; k < 24; k++)
			CHECK(test_is_filled(p[k], n, k & ~1u));

		::operator delete(p[0]);
		::operator delete(p[1], n);
		::operator delete(p[2], quiet);
		::operator delete(p[3]);
		::operator delete(p[4], n);
		::operator delete(p[5], quiet);
		::operator delete(p[6]);
		::operator delete(p[7]);
		::operator delete[](p[8]);
		::operator delete[](p[9], n);
		::operator delete[](p[10], quiet);
		::operator delete[](p[11]);
		::operator delete(p[12], wide);
		::operator delete(p[13], n, wide);
		::operator delete(p[14], wide, quiet);
		::operator delete(p[15], wide);
		::operator delete(p[16], n, wide);
		::operator delete(p[17], wide, quiet);
		::operator delete[](p[18], wide);
		::operator delete[](p[19], n, wide);
		::operator delete[](p[20], wide, quiet);
		::operator delete[](p[21], wide);
		::operator delete[](p[22], n, wide);
		::operator delete[](p[23], wide, quiet);
	}
	::operator delete(nullptr);
	::operator delete[](nullptr, wide);
}

static int handled;

static void
give_up_at_third()
{
	if (++handled == 3)
		std::set_new_handler(nullptr);
}

// Whether f throws bad_alloc, or gives NULL, after three calls of the handler.
template <typename Function>
static bool
fails(bool throws, Function f)
{
	bool has_thrown = false;
	void *p = nullptr;

	handled = 0;
	std::set_new_handler(give_up_at_third);
	try {
		p = f();
	} catch (const std::bad_alloc &) {
		has_thrown = true;
	}
	return p == nullptr && has_thrown == throws && handled == 3;
}

static void
no_memory()
{
	size_t n = test_opaque(SIZE_MAX / 2 - 1000);

	CHECK(fails(true, [=] { return ::operator new(n); }));
	CHECK(fails(true, [=] { return ::operator new[](n); }));
	CHECK(fails(true, [=] { return ::operator new(n, wide); }));
	CHECK(fails(true, [=] { return ::operator new[](n, wide); }));
	CHECK(fails(false, [=] { return ::operator new(n, quiet); }));
	CHECK(fails(false, [=] { return ::operator new[](n, quiet); }));
	CHECK(fails(false, [=] { return ::operator new(n, wide, quiet); }));
	CHECK(fails(false, [=] { return ::operator new[](n, wide, quiet); }));
}

// A handler that makes room: the call that was failing then succeeds.
static void *reserve;

static void
give_reserve()
{
	handled++;
	CHECK(reserve != nullptr);
	free(reserve);
	reserve = nullptr;
	std::set_new_handler(nullptr);
}

static void
handler_makes_room()
{
	static void *blocks[1000];
	const size_t size = 8 * MIB;
	unsigned int n = 0;

	if (vmmalloc_host_get == nullptr)
		return; // there is no end to its memory
	reserve = malloc(3 * size);
	CHECK(reserve != nullptr);
	while (n < 1000 && (blocks[n] = malloc(size)) != nullptr)
		n++;
	CHECK(n > 0 && n < 1000);
	handled = 0;
	std::set_new_handler(give_reserve);
	checked(blocks[n] = ::operator new(size), size, 1, 3);
	CHECK(handled == 1);
	::operator delete(blocks[n]);
	while (n-- > 0)
		free(blocks[n]);
}

int
main()
{
	all_forms();
	no_memory();
	handler_makes_room();
	return 0;
}
