// SPDX-License-Identifier: BSD-3-Clause
// One misuse of C++'s operators; as misuse-program.c, which says what is
// printed, but without sizes: misuse-operators KIND, or list.
#include "config.h"

#include <cstdio>
#include <cstring>
#include <string>

#define ELEMENTS 4096

struct wide {
	size_t member[9];
};

// The pointer, of which the compiler no longer knows where it comes from.
template <typename T, typename U>
static T *
as(U *pointer)
{
	void *hidden = pointer;

	__asm__ volatile("" : "+r"(hidden) : : "memory");
	return static_cast<T *>(hidden);
}

static void
delete_wider_type()
{
	delete as<wide>(new char);
}

static void
delete_byte_as_array()
{
	delete[] as<char>(new char);
}

static void
delete_array_as_byte()
{
	delete as<char>(new char[ELEMENTS]);
}

// Before an array of objects with destructors is their number.
static void
delete_string_as_array()
{
	delete[] as<std::string>(new std::string);
}

static void
delete_array_as_string()
{
	delete as<std::string>(new std::string[ELEMENTS]);
}

static const struct {
	const char *name;
	void (*run)();
} kinds[] = {
	{ "delete-wider-type", delete_wider_type },
	{ "delete-byte-as-array", delete_byte_as_array },
	{ "delete-array-as-byte", delete_array_as_byte },
	{ "delete-string-as-array", delete_string_as_array },
	{ "delete-array-as-string", delete_array_as_string },
};

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (const auto &kind : kinds) {
		if (std::strcmp(name, "list") == 0)
			std::puts(kind.name);
		if (std::strcmp(name, kind.name) != 0)
			continue;
		kind.run();
		std::puts("missed");
		std::fflush(stdout);
	}
	return 0;
}
