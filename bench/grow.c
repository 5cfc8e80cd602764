/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Growth by realloc: many vectors, each grown by half when it is full, and many
 * strings, each lengthened by a few bytes at a time, in random order; a few
 * vectors grow to tens of megabytes.
 *
 * The growth pattern of "folly/FBvector" (A. Alexandrescu, documentation of the
 * class, section "Memory handling") and of C programs' string buffers.
 */
#include "config.h"

#include "bench/bench.h"

#include <stdlib.h>

#define VECTORS 2000
#define STRINGS 20000
#define APPENDS 4000000
#define LONG_VECTORS 6
#define LONG_ELEMENTS (3u << 20)
#define VECTOR_LIMIT 20000u /* elements; then a new one is started */
#define STRING_LIMIT 4000u  /* bytes */

struct vector {
	uint64_t *element;
	size_t used, room;
};

static void *
resize(void *block, size_t size)
{
	void *moved = realloc(block, size);

	if (moved == NULL)
		bench_die("realloc");
	return moved;
}

static void
drop_vector(struct vector *v)
{
	size_t i;

	for (i = 0; i < v->used; i += 512) {
		if (v->element[i] != i)
			bench_die("a vector lost an element");
	}
	free(v->element);
	*v = (struct vector){ 0 };
}

static void
append_element(struct vector *v)
{
	if (v->used == v->room) {
		v->room = v->room < 4 ? 4 : v->room + v->room / 2;
		v->element =
			resize(v->element, v->room * sizeof(v->element[0]));
	}
	v->element[v->used] = v->used;
	v->used++;
}

struct string {
	unsigned char *text;
	size_t length;
};

static void
append_text(struct string *s, size_t n)
{
	if (s->length + n > STRING_LIMIT) {
		bench_free(s->text, 1, 'a');
		*s = (struct string){ 0 };
	}
	s->text = resize(s->text, s->length + n);
	bench_fill(s->text + s->length, n, 'a');
	s->length += n;
}

static void
grow_small(size_t appends)
{
	struct vector *vectors = calloc(VECTORS, sizeof(*vectors));
	struct string *strings = calloc(STRINGS, sizeof(*strings));
	uint64_t seed = bench_seed(0);
	size_t n, i;

	if (vectors == NULL || strings == NULL)
		bench_die("calloc");
	for (n = 0; n < appends; n++) {
		struct vector *v = &vectors[bench_below(&seed, VECTORS)];

		if (n % 4 == 0)
			append_text(&strings[bench_below(&seed, STRINGS)],
				8 + bench_below(&seed, 56));
		if (v->used == VECTOR_LIMIT)
			drop_vector(v);
		for (i = 0; i < 4; i++)
			append_element(v);
	}
	for (i = 0; i < VECTORS; i++)
		drop_vector(&vectors[i]);
	for (i = 0; i < STRINGS; i++)
		free(strings[i].text);
	free(vectors);
	free(strings);
}

static void
grow_large(size_t elements)
{
	struct vector vectors[LONG_VECTORS] = { 0 };
	size_t n, i;

	for (n = 0; n < elements; n++) {
		for (i = 0; i < LONG_VECTORS; i++)
			append_element(&vectors[i]);
	}
	for (i = 0; i < LONG_VECTORS; i++)
		drop_vector(&vectors[i]);
}

int
main(int argc, char **argv)
{
	struct bench_args args = bench_parse(argc, argv, 1);

	grow_small(bench_scaled(&args, APPENDS));
	grow_large(bench_scaled(&args, LONG_ELEMENTS));
	return 0;
}
