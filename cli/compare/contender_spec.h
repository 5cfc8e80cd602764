/* SPDX-License-Identifier: BSD-3-Clause */
/* How a contender is written on the command line. */
#ifndef VMM_CONTENDER_SPEC_H
#define VMM_CONTENDER_SPEC_H

#include <stddef.h>

#define VMM_SYSTEM "system"   /* the name of the system's allocator */
#define VMM_LIB_PREFIX "lib:" /* before the path of a library */

/* [LABEL=]NAME[@PLACE][+VARIABLE=VALUE]... */
struct vmm_contender_spec {
	char *label;
	char *name;
	char *place;	  /* NULL: not given */
	char **variables; /* "VARIABLE=VALUE" */
	size_t n_variables;
};

/*
 * Takes a contender apart. Without a label the whole text is the label, or, for
 * a library, the name of its file up to ".so". The strings live as long as the
 * process. Returns 0, or -1 after a complaint.
 */
int vmm_contender_spec_parse(const char *text, struct vmm_contender_spec *spec);

#endif /* VMM_CONTENDER_SPEC_H */
