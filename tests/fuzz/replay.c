/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target without libFuzzer: on the given files, such as those
 * that libFuzzer leaves when it finds something; or on some random inputs, from
 * FUZZ_SEED, which is printed.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/preload/test.h"

#include <sys/random.h>

#define INPUTS 200
#define INPUT_MAX ((size_t)1 << 20)

static uint8_t input[INPUT_MAX];

static void
run_file(const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t size;

	CHECK(file != NULL);
	size = fread(input, 1, sizeof(input), file);
	CHECK(!ferror(file));
	fclose(file);
	LLVMFuzzerTestOneInput(input, size);
}

static void
run_random(void)
{
	const char *text = getenv("FUZZ_SEED");
	uint64_t seed = 1;

	(void)!getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
	if (text != NULL)
		seed = strtoull(text, NULL, 0);
	fprintf(stderr, "FUZZ_SEED=%#llx\n", (unsigned long long)seed);
	if (seed == 0)
		seed = 1;
	for (int i = 0; i < INPUTS; i++) {
		size_t size = test_random_size(&seed, 4096);

		for (size_t at = 0; at < size; at++)
			input[at] = (uint8_t)(test_random(&seed) >> 32);
		LLVMFuzzerTestOneInput(input, size);
	}
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc == 1)
		run_random();
	return 0;
}
