// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"

#include <assert.h>
#include <string.h>

enum { CELL_LETTERS = 120, CELL_BYTES = 4 * CELL_LETTERS + 4, TABLE_BYTES = 64 * 1024 * 1024 };

void table_init(struct table *table, unsigned columns)
{
	assert(columns > 0 && columns <= TABLE_COLUMNS_MAX);
	*table = (struct table){.columns = columns, .text = {.max = TABLE_BYTES}};
}

void table_finish(struct table *table)
{
	array_finish(&table->text);
}

static bool starts_letter(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Letters are taken to be one column wide: names and numbers of Europe are. */
static unsigned width_of(const char *text)
{
	unsigned width = 0;

	for (; *text; text++)
		width += starts_letter(*text);
	return width;
}

void table_clean(const char *text, char *buffer, size_t size)
{
	size_t at = 0;

	for (; *text && at + 1 < size; text++) {
		unsigned char c = (unsigned char)*text;
		bool is_c1 = c == 0xc2 && (unsigned char)text[1] >= 0x80 &&
		             (unsigned char)text[1] < 0xa0;

		text += is_c1;
		buffer[at++] = c == '\n' ? ' ' : c < 0x20 || c == 0x7f || is_c1 ? '?' : (char)c;
	}
	/* No half of a letter at the cut. */
	if (*text && !starts_letter(*text)) {
		while (at > 0 && !starts_letter(buffer[at - 1]))
			at--;
		at -= at > 0;
	}
	buffer[at] = '\0';
}

void table_add(struct table *table, const char *text)
{
	char cell[CELL_BYTES];
	unsigned letters = 0;

	table_clean(text && text[0] ? text : "-", cell, sizeof(cell) - 3);
	for (char *at = cell; *at; at++)
		if (starts_letter(*at) && ++letters > CELL_LETTERS) {
			strcpy(at, "…");
			break;
		}
	if (array_append(&table->text, cell, strlen(cell) + 1) == 0)
		table->cells++;
}

void table_print(const struct table *table, FILE *out)
{
	unsigned widths[TABLE_COLUMNS_MAX] = {0};
	const char *cell = (const char *)table->text.data;

	for (unsigned i = 0; i < table->cells; i++, cell += strlen(cell) + 1)
		if (width_of(cell) > widths[i % table->columns])
			widths[i % table->columns] = width_of(cell);
	cell = (const char *)table->text.data;
	for (unsigned i = 0; i < table->cells; i++, cell += strlen(cell) + 1) {
		unsigned column = i % table->columns;
		bool is_last = column + 1 == table->columns;

		fprintf(out, "%s%*s", cell,
				is_last ? 0 : (int)(widths[column] + 2 - width_of(cell)), "");
		if (is_last)
			fputc('\n', out);
	}
}
