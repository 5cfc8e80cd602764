// SPDX-License-Identifier: BSD-3-Clause
// C++: containers, exceptions across frames, bad_alloc when the pool is full.
#include "test.h"

#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static void
containers()
{
	std::map<std::string, std::vector<int>> map;
	std::string text;

	for (int i = 0; i < 3000; i++) {
		std::string key = "key number " + std::to_string(i);

		for (int k = 0; k < i % 50; k++)
			map[key].push_back(k);
		text += key;
	}
	CHECK(test_is_in_pool(text.data()));
	for (int i = 0; i < 3000; i++) {
		const auto &v = map["key number " + std::to_string(i)];

		CHECK(v.size() == static_cast<size_t>(i % 50));
		CHECK(v.empty() || v.back() == i % 50 - 1);
		CHECK(v.empty() || test_is_in_pool(v.data()));
	}
}

static int
thrower(int depth)
{
	std::string on_the_way(1000, 'x');

	if (depth == 0)
		throw std::runtime_error("from the depth: " + on_the_way);
	return thrower(depth - 1) + static_cast<int>(on_the_way.size());
}

static void
exceptions()
{
	for (int i = 0; i < 2000; i++) {
		try {
			thrower(i % 20);
			CHECK(!"an exception was thrown");
		} catch (const std::exception &e) {
			CHECK(strlen(e.what()) == 1016);
			CHECK(test_is_in_pool(e.what()));
		}
	}
}

struct alignas(256) wide {
	char bytes[256];
};

static void
operators()
{
	auto one = std::make_unique<wide>();
	auto many = std::make_unique<wide[]>(10);

	CHECK(reinterpret_cast<uintptr_t>(one.get()) % 256 == 0);
	CHECK(reinterpret_cast<uintptr_t>(many.get()) % 256 == 0);
	CHECK(test_is_in_pool(one.get()) && test_is_in_pool(many.get()));
	char *nothing = new char[0];
	CHECK(nothing != nullptr && test_is_in_pool(nothing));
	delete[] nothing;
}

static int handled;

static void
give_up()
{
	if (++handled == 3)
		std::set_new_handler(nullptr);
}

static void
exhaustion()
{
	for (size_t size : { size_t(5000), size_t(900000) }) {
		std::vector<std::unique_ptr<char[]>> blocks;
		bool has_thrown = false;

		blocks.reserve(100000);
		try {
			for (;;)
				blocks.emplace_back(new char[size]);
		} catch (const std::bad_alloc &) {
			has_thrown = true;
		}
		CHECK(has_thrown);
		CHECK(blocks.size() * size > 100 * MIB);
	}
	volatile size_t huge = SIZE_MAX / 2 - 100;
	CHECK(new (std::nothrow) char[huge] == nullptr);
	std::set_new_handler(give_up);
	try {
		CHECK(new char[huge] == nullptr);
		CHECK(!"bad_alloc was thrown");
	} catch (const std::bad_alloc &) {
		CHECK(handled == 3);
	}
}

int
main()
{
	CHECK(vmmalloc_host_get != nullptr);
	std::thread other([] {
		containers();
		exceptions();
	});
	containers();
	exceptions();
	other.join();
	operators();
	exhaustion();
	containers();
	return 0;
}
