/* SPDX-License-Identifier: BSD-3-Clause */
/* Choosing the contenders of a sweep; see sweep.h. */
#include "config.h"

#include "cli/compare/sweep.h"

#include "base/checked.h"
#include "base/parse.h"
#include "base/places.h"
#include "cli/cli.h"
#include "cli/compare/measure.h"
#include "cli/preload.h"
#include "libvmmalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define GRAIN ((size_t)2 << 20) /* of the size of the near place */
#define LEAST vmm_align_up(VMMALLOC_MIN_POOL, GRAIN)

int
vmm_sweep_parse(struct vmm_sweep *sweep, const char *text)
{
	static const char near[] = "near=";
	bool is_known = strncmp(text, near, sizeof(near) - 1) == 0;
	char *rest = vmm_text("%s", is_known ? text + sizeof(near) - 1 : "");
	char *all = rest;
	char *part;

	sweep->n = 0;
	while ((part = strsep(&rest, ",")) != NULL) {
		size_t length = strlen(part);
		int percent;

		if (length < 2 || part[length - 1] != '%' ||
			sweep->n == VMM_SWEEP_MAX)
			goto out_bad;
		part[length - 1] = '\0';
		if (vmm_parse_int(part, 0, 100, &percent) != 0)
			goto out_bad;
		for (unsigned int i = 0; i < sweep->n; i++) {
			if (sweep->percent[i] == percent)
				goto out_bad;
		}
		sweep->percent[sweep->n++] = percent;
	}
	free(all);
	return 0;
out_bad:
	free(all);
	vmm_complain("bad --sweep '%s': not near= and up to %d different "
		     "percentages, such as near=0%%,50%%,100%%",
		text, VMM_SWEEP_MAX);
	return -1;
}

/* The only contender of the choice; NULL after a complaint. */
static struct vmm_contender *
find_contender(const struct vmm_settings *settings,
	const struct vmm_contender_choice *choice)
{
	struct vmm_contender_choice one = *choice;
	struct vmm_contender *contender;
	size_t n;

	if (one.list == NULL && one.with->n == 0) {
		one.list = vmm_settings_pick_backend(settings, NULL);
		if (one.list == NULL)
			return NULL;
	}
	contender = vmm_contenders_choose(settings, &one, &n);
	if (contender == NULL ||
		(n == 1 && contender->kind == VMM_CONTENDER_BACKEND))
		return contender;
	vmm_complain("compare --sweep: needs one contender, which is a "
		     "backend; give it with --backends or --with");
	return NULL;
}

/* Whether the places are a near and a far one; cuts text in pieces. */
static int
find_places(struct vmm_places *places, const char *dir, char *text)
{
	if (vmm_places_is_list(dir) && vmm_places_split(places, text) == 0 &&
		places->n == 2)
		return 0;
	vmm_complain("compare --sweep: needs a near and a far place with their "
		     "sizes, not '%s'; give --pool-dir NEAR:SIZE,FAR:SIZE",
		dir);
	return -1;
}

static int
measure(struct vmm_workload *workload, const struct vmm_contender *contender,
	const struct vmm_design *design, struct vmm_sample *sample)
{
	struct vmm_drive drive = design->drive;
	int r = vmm_design_begin_or_end(design, false);

	drive.metrics = &design->metrics;
	if (r == 0)
		r = vmm_design_prepare_run(design);
	if (r == 0)
		r = drive.load != NULL
			? vmm_server_measure(
				  workload, contender, &drive, sample, NULL)
			: vmm_measure(workload, contender, sample, NULL);
	if (vmm_design_begin_or_end(design, true) != 0)
		r = -1;
	return r;
}

/* Returns 0, or -1 after a complaint or a signal. */
static int
measure_peak(const struct vmm_contender *contender, const struct vmm_task *task,
	size_t *peak)
{
	struct vmm_workload workload = { .argv = task->argv,
		.settings = *contender->settings };
	struct vmm_sample sample = { .pool = -1 };
	int r;

	if (task->design.is_pinned)
		workload.processors = &task->design.processors;
	if (vmm_preload_check(task->argv[0], contender->settings->library,
		    &workload.path) != 0)
		return -1;
	if (vmm_scratch_open(&workload.scratch) != 0) {
		free(workload.path);
		return -1;
	}
	r = measure(&workload, contender, &task->design, &sample);
	vmm_scratch_close(&workload.scratch);
	free(workload.path);
	if (r == 0 && sample.pool <= 0) {
		vmm_complain("compare --sweep: '%s' does not tell the peak of "
			     "its heap, because no process of it exits",
			task->argv[0]);
		r = -1;
	}
	*peak = (size_t)sample.pool;
	return r;
}

/* Returns 0, or -1 after a complaint. */
static int
make_point(struct vmm_contender *contender, const struct vmm_places *places,
	size_t peak, int percent)
{
	const struct vmm_sized_place *near = &places->place[0];
	const struct vmm_sized_place *far = &places->place[1];
	struct vmm_settings *settings = vmm_array_new(1, sizeof(*settings));
	struct vmm_sweep_point *point = vmm_array_new(1, sizeof(*point));
	size_t bytes = vmm_align_up(peak / 100 * (size_t)percent, GRAIN);
	size_t size = percent == 100 ? near->size : bytes;

	*settings = *contender->settings;
	if (percent > 0 && bytes < LEAST)
		size = bytes = LEAST;
	if (percent == 100)
		bytes = peak;
	*point = (struct vmm_sweep_point){ percent, bytes };
	settings->pool_dir = percent > 0
		? vmm_text("%s:%zu,%s:%zu", near->text, size, far->text,
			  far->size)
		: vmm_text("%s:%zu", far->text, far->size);
	contender->name = vmm_text("near=%d%%", percent);
	contender->settings = settings;
	contender->point = point;
	return vmm_settings_resolve_size(
		NULL, settings->pool_dir, &settings->pool_size);
}

struct vmm_contender *
vmm_sweep_choose(const struct vmm_sweep *sweep,
	const struct vmm_settings *settings, const struct vmm_task *task,
	const struct vmm_contender_choice *choice, size_t *n)
{
	struct vmm_contender *one = find_contender(settings, choice);
	struct vmm_contender *contenders;
	struct vmm_places places;
	size_t peak;
	char *text;

	if (one == NULL)
		return NULL;
	text = vmm_text("%s", one->settings->pool_dir);
	if (find_places(&places, one->settings->pool_dir, text) != 0 ||
		measure_peak(one, task, &peak) != 0)
		return NULL;
	if (peak > places.place[0].size) {
		vmm_complain("compare --sweep: the near place '%s' has %zu "
			     "bytes, but the heap takes up %zu; give it that "
			     "much",
			places.place[0].text, places.place[0].size, peak);
		return NULL;
	}
	contenders = vmm_array_new(sweep->n, sizeof(*contenders));
	for (*n = 0; *n < sweep->n; ++*n) {
		contenders[*n] = *one;
		if (make_point(&contenders[*n], &places, peak,
			    sweep->percent[*n]) != 0)
			return NULL;
	}
	free(text);
	return contenders;
}
