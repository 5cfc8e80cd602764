/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The profile of pprof.h. The wire format is that of protocol buffers: a field
 * is a tag, which is its number and the kind of what follows, and a varint or
 * that many bytes. Numbers of fields are those of pprof's proto/profile.proto.
 */
#include "config.h"

#include "cli/pprof.h"

#include "cli/cli.h"
#include "cli/gzip.h"

#include <stdlib.h>
#include <string.h>

enum wire { WIRE_VARINT = 0, WIRE_BYTES = 2 };

/* Fields of the message Profile */
enum field {
	FIELD_SAMPLE_TYPE = 1,
	FIELD_SAMPLE = 2,
	FIELD_MAPPING = 3,
	FIELD_LOCATION = 4,
	FIELD_FUNCTION = 5,
	FIELD_STRING = 6,
	FIELD_TIME = 9,
	FIELD_DURATION = 10,
	FIELD_PERIOD_TYPE = 11,
	FIELD_PERIOD = 12,
	FIELD_COMMENT = 13,
	FIELD_DEFAULT_TYPE = 14,
};

/* The field of a mapping, a location and a function that is its number */
#define FIELD_ID 1

/* Bytes of a message that grows */
struct message {
	char *bytes;
	size_t n;
	size_t room;
};

/*
 * Messages, each of them once, numbered from 0 in the order in which they came.
 * slots is a hash table of their numbers plus 1, at most half full.
 */
struct set {
	struct message all;
	size_t *ends; /* of each of them in all */
	size_t n;
	size_t *slots;
	size_t n_slots; /* a power of two */
};

struct vmm_pprof {
	struct message head; /* fields that are complete */
	struct set strings, mappings, functions, locations;
	size_t values; /* per sample */
};

static void
put_bytes(struct message *message, const void *bytes, size_t n)
{
	if (message->room - message->n < n) {
		message->room = 2 * (message->n + n);
		message->bytes =
			vmm_array_resize(message->bytes, message->room, 1);
	}
	if (n > 0)
		memcpy(message->bytes + message->n, bytes, n);
	message->n += n;
}

static void
put_varint(struct message *message, uint64_t number)
{
	unsigned char bytes[10];
	size_t n = 0;

	while (number >= 0x80) {
		bytes[n++] = (unsigned char)(number | 0x80);
		number >>= 7;
	}
	bytes[n++] = (unsigned char)number;
	put_bytes(message, bytes, n);
}

static void
put_number(struct message *message, unsigned field, uint64_t number)
{
	if (number == 0) /* as if it were there */
		return;
	put_varint(message, field << 3 | WIRE_VARINT);
	put_varint(message, number);
}

static void
put_field(struct message *message, unsigned field, const void *bytes, size_t n)
{
	put_varint(message, field << 3 | WIRE_BYTES);
	put_varint(message, n);
	put_bytes(message, bytes, n);
}

static void
put_packed(struct message *message, unsigned field, const uint64_t *numbers,
	size_t n)
{
	struct message packed = { 0 };

	for (size_t i = 0; i < n; i++)
		put_varint(&packed, numbers[i]);
	put_field(message, field, packed.bytes, packed.n);
	free(packed.bytes);
}

/* Ends a message that is a field of another one. */
static void
put_message(struct message *message, unsigned field, struct message *part)
{
	put_field(message, field, part->bytes, part->n);
	free(part->bytes);
}

/* FNV-1a, 64 bits */
static uint64_t
hash_of(const char *bytes, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 32;
}

static const char *
set_get(const struct set *set, size_t i, size_t *n)
{
	size_t start = i > 0 ? set->ends[i - 1] : 0;

	*n = set->ends[i] - start;
	return set->all.bytes + start;
}

/* The slot of the message, which is 0 if the set does not have it. */
static size_t *
set_find(const struct set *set, const char *bytes, size_t n)
{
	size_t mask = set->n_slots - 1;
	size_t i = hash_of(bytes, n) & mask;

	for (; set->slots[i] != 0; i = (i + 1) & mask) {
		size_t length;
		const char *there = set_get(set, set->slots[i] - 1, &length);

		if (length == n && (n == 0 || memcmp(there, bytes, n) == 0))
			break;
	}
	return &set->slots[i];
}

static void
set_grow(struct set *set)
{
	free(set->slots);
	set->n_slots = set->n_slots > 0 ? 2 * set->n_slots : 64;
	set->slots = vmm_array_new(set->n_slots, sizeof(*set->slots));
	memset(set->slots, 0, set->n_slots * sizeof(*set->slots));
	set->ends = vmm_array_resize(
		set->ends, set->n_slots / 2, sizeof(*set->ends));
	for (size_t i = 0; i < set->n; i++) {
		size_t n;
		const char *bytes = set_get(set, i, &n);

		*set_find(set, bytes, n) = i + 1;
	}
}

/* The number of the message in the set, from 0. */
static size_t
set_add(struct set *set, const void *bytes, size_t n)
{
	size_t *slot;

	if (set->n == set->n_slots / 2)
		set_grow(set);
	slot = set_find(set, bytes, n);
	if (*slot == 0) {
		put_bytes(&set->all, bytes, n);
		set->ends[set->n++] = set->all.n;
		*slot = set->n;
	}
	return *slot - 1;
}

/* As set_add, of a message that then ends, numbered from 1. */
static uint64_t
set_add_message(struct set *set, struct message *message)
{
	uint64_t number = set_add(set, message->bytes, message->n) + 1;

	free(message->bytes);
	return number;
}

static void
set_free(struct set *set)
{
	free(set->all.bytes);
	free(set->ends);
	free(set->slots);
}

/* The number of a string; 0 is the empty one. */
static uint64_t
string_of(struct vmm_pprof *profile, const char *text)
{
	return text != NULL ? set_add(&profile->strings, text, strlen(text))
			    : 0;
}

struct vmm_pprof *
vmm_pprof_new(void)
{
	struct vmm_pprof *profile = vmm_array_new(1, sizeof(*profile));

	*profile = (struct vmm_pprof){ 0 };
	set_add(&profile->strings, "", 0);
	return profile;
}

void
vmm_pprof_free(struct vmm_pprof *profile)
{
	free(profile->head.bytes);
	set_free(&profile->strings);
	set_free(&profile->mappings);
	set_free(&profile->functions);
	set_free(&profile->locations);
	free(profile);
}

static void
put_type(struct vmm_pprof *profile, unsigned field, const char *type,
	const char *unit)
{
	struct message message = { 0 };

	put_number(&message, 1, string_of(profile, type));
	put_number(&message, 2, string_of(profile, unit));
	put_message(&profile->head, field, &message);
}

void
vmm_pprof_sample_type(
	struct vmm_pprof *profile, const char *type, const char *unit)
{
	put_type(profile, FIELD_SAMPLE_TYPE, type, unit);
	profile->values++;
}

void
vmm_pprof_default_type(struct vmm_pprof *profile, const char *type)
{
	put_number(
		&profile->head, FIELD_DEFAULT_TYPE, string_of(profile, type));
}

void
vmm_pprof_period(struct vmm_pprof *profile, const char *type, const char *unit,
	int64_t period)
{
	put_type(profile, FIELD_PERIOD_TYPE, type, unit);
	put_number(&profile->head, FIELD_PERIOD, (uint64_t)period);
}

void
vmm_pprof_time(struct vmm_pprof *profile, int64_t start_ns, int64_t duration_ns)
{
	put_number(&profile->head, FIELD_TIME, (uint64_t)start_ns);
	put_number(&profile->head, FIELD_DURATION, (uint64_t)duration_ns);
}

void
vmm_pprof_comment(struct vmm_pprof *profile, const char *text)
{
	put_number(&profile->head, FIELD_COMMENT, string_of(profile, text));
}

uint64_t
vmm_pprof_mapping(
	struct vmm_pprof *profile, const struct vmm_pprof_mapping *mapping)
{
	struct message message = { 0 };

	put_number(&message, 2, mapping->start);
	put_number(&message, 3, mapping->limit);
	put_number(&message, 4, mapping->offset);
	put_number(&message, 5, string_of(profile, mapping->file));
	put_number(&message, 6, string_of(profile, mapping->build_id));
	put_number(&message, 7, mapping->has_functions);
	return set_add_message(&profile->mappings, &message);
}

uint64_t
vmm_pprof_function(struct vmm_pprof *profile, const char *name,
	const char *file, int64_t line)
{
	struct message message = { 0 };

	put_number(&message, 2, string_of(profile, name));
	put_number(&message, 3, string_of(profile, name));
	put_number(&message, 4, string_of(profile, file));
	put_number(&message, 5, (uint64_t)line);
	return set_add_message(&profile->functions, &message);
}

uint64_t
vmm_pprof_location(struct vmm_pprof *profile, uint64_t mapping,
	uint64_t address, const struct vmm_pprof_line *lines, size_t n)
{
	struct message message = { 0 };

	put_number(&message, 2, mapping);
	put_number(&message, 3, address);
	for (size_t i = 0; i < n; i++) {
		struct message line = { 0 };

		put_number(&line, 1, lines[i].function);
		put_number(&line, 2, (uint64_t)lines[i].line);
		put_message(&message, 4, &line);
	}
	return set_add_message(&profile->locations, &message);
}

void
vmm_pprof_sample(struct vmm_pprof *profile, const uint64_t *locations, size_t n,
	const int64_t *values, const struct vmm_pprof_label *labels,
	size_t n_labels)
{
	struct message sample = { 0 };

	put_packed(&sample, 1, locations, n);
	put_packed(&sample, 2, (const uint64_t *)values, profile->values);
	for (size_t i = 0; i < n_labels; i++) {
		struct message label = { 0 };

		put_number(&label, 1, string_of(profile, labels[i].key));
		put_number(&label, 2, string_of(profile, labels[i].text));
		if (labels[i].text == NULL) {
			put_number(&label, 3, (uint64_t)labels[i].number);
			put_number(
				&label, 4, string_of(profile, labels[i].unit));
		}
		put_message(&sample, 3, &label);
	}
	put_message(&profile->head, FIELD_SAMPLE, &sample);
}

/* Adds each message of the set as a field, with its number, from 1. */
static void
put_set(struct message *message, unsigned field, const struct set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct message one = { 0 };
		size_t n;
		const char *bytes = set_get(set, i, &n);

		put_number(&one, FIELD_ID, i + 1);
		put_bytes(&one, bytes, n);
		put_message(message, field, &one);
	}
}

int
vmm_pprof_write(const struct vmm_pprof *profile, FILE *to)
{
	struct message all = { 0 };
	int err;

	put_bytes(&all, profile->head.bytes, profile->head.n);
	put_set(&all, FIELD_MAPPING, &profile->mappings);
	put_set(&all, FIELD_LOCATION, &profile->locations);
	put_set(&all, FIELD_FUNCTION, &profile->functions);
	for (size_t i = 0; i < profile->strings.n; i++) {
		size_t n;
		const char *text = set_get(&profile->strings, i, &n);

		put_field(&all, FIELD_STRING, text, n);
	}
	err = vmm_gzip_write(to, all.bytes, all.n);
	free(all.bytes);
	return err;
}
