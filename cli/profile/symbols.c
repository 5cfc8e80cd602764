/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of addresses; see symbols.h. */
#include "config.h"

#include "cli/profile/symbols.h"

#include "cli/cli.h"
#include "cli/doctor/elf_file.h"
#include "cli/function_name.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct function {
	uint64_t address; /* in the file */
	uint64_t size;
	char *name;
};

/* A file, which is read when an address of it is looked up. */
struct file {
	const char *path;
	bool was_read;
	bool has_elf;
	struct vmm_elf elf;
	char *build_id;
	struct function *functions; /* by address */
	size_t n;
};

/* Addresses that were looked up: open addressing, at most half full. */
struct found {
	uint64_t address;
	struct vmm_frame frame;
};

struct vmm_symbols {
	const struct vmm_profile *profile;
	struct file *files; /* one per mapping */
	struct found *found;
	size_t n_found, max_found;
	char **texts;
	size_t n_texts;
};

struct vmm_symbols *
vmm_symbols_new(const struct vmm_profile *profile)
{
	struct vmm_symbols *symbols = vmm_array_new(1, sizeof(*symbols));

	*symbols = (struct vmm_symbols){ .profile = profile };
	symbols->files =
		vmm_array_new(profile->n_maps, sizeof(*symbols->files));
	for (size_t i = 0; i < profile->n_maps; i++)
		symbols->files[i] =
			(struct file){ .path = profile->maps[i].file };
	return symbols;
}

void
vmm_symbols_free(struct vmm_symbols *symbols)
{
	for (size_t i = 0; i < symbols->profile->n_maps; i++) {
		struct file *file = &symbols->files[i];

		for (size_t k = 0; k < file->n; k++)
			free(file->functions[k].name);
		free(file->functions);
		free(file->build_id);
		if (file->has_elf)
			vmm_elf_close(&file->elf);
	}
	for (size_t i = 0; i < symbols->n_texts; i++)
		free(symbols->texts[i]);
	free(symbols->texts);
	free(symbols->files);
	free(symbols->found);
	free(symbols);
}

static void
add_function(void *arg, const char *name, uint64_t address, uint64_t size)
{
	struct file *file = arg;

	if ((file->n & (file->n - 1)) == 0)
		file->functions = vmm_array_resize(file->functions,
			2 * file->n + 1, sizeof(*file->functions));
	file->functions[file->n++] =
		(struct function){ address, size, vmm_text("%s", name) };
}

/* Of several names of a function the shortest comes last. */
static int
compare(const void *a, const void *b)
{
	const struct function *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	if (strlen(one->name) != strlen(other->name))
		return strlen(one->name) > strlen(other->name) ? -1 : 1;
	return strcmp(one->name, other->name);
}

static void
read_file(struct file *file)
{
	if (file->was_read)
		return;
	file->was_read = true;
	file->has_elf = vmm_elf_open(&file->elf, file->path) == 0;
	if (!file->has_elf)
		return;
	vmm_elf_list_functions(&file->elf, add_function, file);
	if (file->n > 0)
		qsort(file->functions, file->n, sizeof(*file->functions),
			compare);
	file->build_id = vmm_elf_build_id(&file->elf);
}

/* The last function that begins at or before the address; or NULL. */
static const struct function *
find_function(const struct file *file, uint64_t address)
{
	size_t low = 0, high = file->n;
	const struct function *function;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	function = &file->functions[low - 1];
	return function->size == 0 ||
			address - function->address < function->size
		? function
		: NULL;
}

/* Keeps a text until the end. */
static const char *
keep(struct vmm_symbols *symbols, char *text)
{
	if ((symbols->n_texts & (symbols->n_texts - 1)) == 0)
		symbols->texts = vmm_array_resize(symbols->texts,
			2 * symbols->n_texts + 1, sizeof(char *));
	symbols->texts[symbols->n_texts++] = text;
	return text;
}

static size_t
find_map(const struct vmm_profile *profile, uint64_t address)
{
	for (size_t i = 0; i < profile->n_maps; i++) {
		if (address >= profile->maps[i].start &&
			address < profile->maps[i].end)
			return i;
	}
	return SIZE_MAX;
}

static struct vmm_frame
look_up(struct vmm_symbols *symbols, uint64_t address)
{
	struct vmm_frame frame = { .file = "",
		.map = find_map(symbols->profile, address) };
	const struct vmm_profile_map *map;
	const struct function *function;
	const char *slash;
	struct file *file;
	uint64_t offset;

	if (frame.map == SIZE_MAX) {
		frame.name = keep(symbols, vmm_text("0x%" PRIx64, address));
		return frame;
	}
	map = &symbols->profile->maps[frame.map];
	file = &symbols->files[frame.map];
	read_file(file);
	slash = strrchr(map->file, '/');
	frame.file = slash != NULL ? slash + 1 : map->file;
	offset = address - map->start + map->offset;
	if (file->has_elf)
		offset = vmm_elf_address_of(&file->elf, offset);
	function = find_function(file, offset);
	frame.is_known = function != NULL;
	frame.name = function != NULL
		? keep(symbols, vmm_function_name(function->name))
		: keep(symbols, vmm_text("%s+0x%" PRIx64, frame.file, offset));
	return frame;
}

/* The slot of an address, in which name is NULL if it is not there. */
static struct found *
find_slot(struct vmm_symbols *symbols, uint64_t address)
{
	size_t mask = symbols->max_found - 1;
	size_t i = (size_t)(address * 0x9e3779b97f4a7c15 >> 32) & mask;

	while (symbols->found[i].frame.name != NULL &&
		symbols->found[i].address != address)
		i = (i + 1) & mask;
	return &symbols->found[i];
}

static void
grow(struct vmm_symbols *symbols)
{
	struct found *old = symbols->found;
	size_t n = symbols->max_found;

	symbols->max_found = n > 0 ? 2 * n : 1024;
	symbols->found = vmm_array_new(symbols->max_found, sizeof(*old));
	memset(symbols->found, 0, symbols->max_found * sizeof(*old));
	for (size_t i = 0; i < n; i++) {
		if (old[i].frame.name != NULL)
			*find_slot(symbols, old[i].address) = old[i];
	}
	free(old);
}

struct vmm_frame
vmm_symbols_find(struct vmm_symbols *symbols, uint64_t return_address)
{
	uint64_t address = return_address - 1; /* in the call */
	struct found *slot;

	if (symbols->n_found == symbols->max_found / 2)
		grow(symbols);
	slot = find_slot(symbols, address);
	if (slot->frame.name == NULL) {
		symbols->n_found++;
		slot->address = address;
		slot->frame = look_up(symbols, address);
	}
	return slot->frame;
}

const char *
vmm_symbols_build_id(struct vmm_symbols *symbols, size_t map)
{
	read_file(&symbols->files[map]);
	return symbols->files[map].build_id;
}
