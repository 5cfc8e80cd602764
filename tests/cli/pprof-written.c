/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes a profile to stdout with cli/pprof.c; with an argument, one of this
 * many samples, each of another function. tests/cli/pprof.sh reads it.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/pprof.h"

#include <stdio.h>
#include <stdlib.h>

static void
write_one_of_each(struct vmm_pprof *profile)
{
	const struct vmm_pprof_mapping program = {
		.start = 0x400000,
		.limit = 0x7fffffffffffffff,
		.offset = 4096,
		.file = "/bin/program",
		.build_id = "00ff",
		.has_functions = true,
	};
	uint64_t mapping, outer, inner, locations[3];

	vmm_pprof_sample_type(profile, "inuse_objects", "count");
	vmm_pprof_sample_type(profile, "inuse_space", "bytes");
	vmm_pprof_default_type(profile, "inuse_space");
	vmm_pprof_period(profile, "space", "bytes", 524288);
	vmm_pprof_time(profile, 1700000000000000000, 300);
	vmm_pprof_comment(profile, "first");
	vmm_pprof_comment(profile, "second");
	mapping = vmm_pprof_mapping(profile, &program);
	outer = vmm_pprof_function(profile, "main", "main.c", 7);
	inner = vmm_pprof_function(profile, "inlined", "main.c", 0);
	for (int i = 0; i < 2; i++) { /* the second time nothing is added */
		vmm_pprof_mapping(profile, &program);
		vmm_pprof_function(profile, "main", "main.c", 7);
		locations[0] = vmm_pprof_location(profile, mapping, 0x400123,
			(struct vmm_pprof_line[]){
				{ inner, 11 }, { outer, 12 } },
			2);
		locations[1] = vmm_pprof_location(
			profile, 0, 0xfffffffffffffff0, NULL, 0);
		locations[2] = vmm_pprof_location(profile, mapping, 0x400200,
			&(struct vmm_pprof_line){ outer, 13 }, 1);
	}
	vmm_pprof_sample(profile, locations, 3, (int64_t[]){ 1, 128 }, NULL, 0);
	vmm_pprof_sample(profile, locations, 0, (int64_t[]){ -1, INT64_MIN },
		(struct vmm_pprof_label[]){ { .key = "thread", .text = "one" },
			{ .key = "size", .number = 128, .unit = "bytes" } },
		2);
}

static void
write_many(struct vmm_pprof *profile, int n)
{
	vmm_pprof_sample_type(profile, "space", "bytes");
	for (int i = 0; i < n; i++) {
		char *name = vmm_text("function %d", i);
		uint64_t function = vmm_pprof_function(profile, name, NULL, 0);
		uint64_t at = vmm_pprof_location(profile, 0, (uint64_t)i,
			&(struct vmm_pprof_line){ function, 0 }, 1);

		free(name);
		vmm_pprof_sample(profile, &at, 1, (int64_t[]){ i }, NULL, 0);
	}
}

int
main(int argc, char **argv)
{
	struct vmm_pprof *profile = vmm_pprof_new();
	int err;

	if (argc > 1)
		write_many(profile, atoi(argv[1]));
	else
		write_one_of_each(profile);
	err = vmm_pprof_write(profile, stdout);
	if (fflush(stdout) != 0)
		err = -1;
	vmm_pprof_free(profile);
	return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
