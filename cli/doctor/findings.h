/* SPDX-License-Identifier: BSD-3-Clause */
/* The findings of vmmalloc doctor, and their printing. */
#ifndef VMM_FINDINGS_H
#define VMM_FINDINGS_H

#include "cli/doctor/table.h"

#include <stddef.h>

enum vmm_result {
	VMM_RESULT_OK,
	VMM_RESULT_WARNING,
	VMM_RESULT_ERROR,
};

#define VMM_FINDING_ID(id, name, subject, remedy) VMM_FIND_##id,
enum vmm_finding_id { VMM_FINDINGS(VMM_FINDING_ID) VMM_FINDING_COUNT };

struct vmm_finding {
	enum vmm_finding_id id;
	enum vmm_result result;
	char *text;
};

/* In the order in which they were added. All zero bytes: none. */
struct vmm_findings {
	struct vmm_finding *list;
	size_t n;
};

void vmm_findings_add(struct vmm_findings *findings, enum vmm_finding_id id,
	enum vmm_result result, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void vmm_findings_free(struct vmm_findings *findings);

/* How many have this result. */
size_t vmm_findings_count(
	const struct vmm_findings *findings, enum vmm_result result);

/* As text, with the remedies of what is not ok, and as one JSON object. */
void vmm_findings_print(const struct vmm_findings *findings);
void vmm_findings_print_json(const struct vmm_findings *findings);

/* The table of all findings, as rows of Markdown. */
void vmm_findings_print_table(void);

#endif /* VMM_FINDINGS_H */
