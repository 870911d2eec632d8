/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/own.h"
#include "base/text.h"

enum { MAGIC = 0x950412de, HEADER_SIZE = 20, ENTRY_SIZE = 8 };

struct catalogue {
	uint8_t *bytes;
	size_t size;
	uint32_t count;
	uint32_t originals, translations; /* offsets of the two tables */
};

OWN_DEFINE(catalogue, struct catalogue, catalogue_destroy);

static uint32_t number_at(const struct catalogue *c, size_t offset)
{
	uint32_t number;

	memcpy(&number, c->bytes + offset, sizeof(number));
	return number;
}

static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t i)
{
	return (const char *)c->bytes + number_at(c, table + (size_t)i * ENTRY_SIZE + 4);
}

/* Each text lies inside the file and ends with NUL. */
static int check_table(const struct catalogue *c, uint32_t table, struct err *err)
{
	if (table > c->size || (c->size - table) / ENTRY_SIZE < c->count)
		return err_set(err, EINVAL, "table at %u of %u texts exceeds the file", table,
				c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		size_t length = number_at(c, table + (size_t)i * ENTRY_SIZE);
		size_t offset = number_at(c, table + (size_t)i * ENTRY_SIZE + 4);

		if (offset >= c->size || length >= c->size - offset ||
				c->bytes[offset + length] != 0)
			return err_set(err, EINVAL, "text %u exceeds the file", i);
	}
	return 0;
}

int catalogue_parse(const uint8_t *bytes, size_t size, struct catalogue **ret, struct err *err)
{
	if (size < HEADER_SIZE || size > CATALOGUE_MAX)
		return err_set(err, EINVAL, "%zu bytes are not in %d..%d", size, HEADER_SIZE,
				CATALOGUE_MAX);

	OWNED(catalogue) struct catalogue *c = own_alloc(sizeof(*c));

	c->bytes = own_alloc(size);
	memcpy(c->bytes, bytes, size);
	c->size = size;
	if (number_at(c, 0) != MAGIC)
		return err_set(err, EINVAL, "not a catalogue of this machine's byte order");
	c->count = number_at(c, 8);
	c->originals = number_at(c, 12);
	c->translations = number_at(c, 16);
	int r = check_table(c, c->originals, err);

	if (r < 0 || (r = check_table(c, c->translations, err)) < 0)
		return r;
	*ret = own_take(c);
	return 0;
}

int catalogue_open(const char *folder, const char *language, struct catalogue **ret,
		struct err *err)
{
	char path[512];
	OWNED(array) struct array file = {.max = CATALOGUE_MAX};

	if (text_format(path, sizeof(path), "%s/%s/LC_MESSAGES/tynd.mo", folder, language) < 0)
		return err_set(err, E2BIG, "path of the catalogue \"%s\" is too long", language);
	int r = file_read(path, &file, err);

	if (r < 0)
		return r;
	r = catalogue_parse(file.data, file.size, ret, err);
	return r < 0 ? err_prefix(err, r, "%s", path) : 0;
}

void catalogue_destroy(struct catalogue *catalogue)
{
	if (!catalogue)
		return;
	free(catalogue->bytes);
	free(catalogue);
}

/* The originals are sorted: the format says so. */
const char *catalogue_text(const struct catalogue *c, const char *text)
{
	uint32_t low = 0, high = c ? c->count : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(text, text_at(c, c->originals, middle));

		if (order == 0) {
			const char *translation = text_at(c, c->translations, middle);

			return translation[0] ? translation : text;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}
