/* SPDX-License-Identifier: Apache-2.0 */
#include "server/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { ROW_MAX = 256 * 1024 };

/* --- reading */

static char guess_separator(const char *text, size_t size)
{
	unsigned commas = 0, semicolons = 0;

	for (size_t i = 0; i < size && text[i] != '\n'; i++) {
		commas += text[i] == ',';
		semicolons += text[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

void csv_begin(struct csv *csv, const char *text, size_t size)
{
	*csv = (struct csv){.at = text, .end = text + size, .next_line = 1};
	csv->text.max = ROW_MAX;
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		csv->at += 3;
	csv->separator = guess_separator(csv->at, (size_t)(csv->end - csv->at));
}

void csv_finish(struct csv *csv)
{
	array_finish(&csv->text);
}

static int fail(const struct csv *csv, struct err *err, const char *why)
{
	return err_set(err, EINVAL, "line %u: %s", csv->line, why);
}

/* A quoted cell: `at` stands behind the first quote, and afterwards behind the last one. */
static int read_quoted(struct csv *csv, struct err *err)
{
	for (; csv->at < csv->end; csv->at++) {
		if (*csv->at == '"') {
			if (csv->at + 1 == csv->end || csv->at[1] != '"') {
				csv->at++;
				return 0;
			}
			csv->at++;
		}
		csv->next_line += *csv->at == '\n';
		if (array_append(&csv->text, csv->at, 1) < 0)
			return fail(csv, err, "a row is too long");
	}
	return fail(csv, err, "a quote is not closed");
}

static bool ends_cell(const struct csv *csv)
{
	return csv->at == csv->end || *csv->at == csv->separator || *csv->at == '\n' ||
	       (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n');
}

static int read_cell(struct csv *csv, struct err *err)
{
	size_t start = csv->text.size;

	if (csv->columns == CSV_COLUMNS_MAX)
		return fail(csv, err, "too many columns");
	csv->starts[csv->columns++] = start;
	if (csv->at < csv->end && *csv->at == '"') {
		csv->at++;
		int r = read_quoted(csv, err);

		if (r < 0)
			return r;
		if (!ends_cell(csv))
			return fail(csv, err, "something stands behind a quoted cell");
	}
	while (!ends_cell(csv))
		if (array_append(&csv->text, csv->at++, 1) < 0)
			return fail(csv, err, "a row is too long");
	size_t size = csv->text.size - start;
	if (array_append(&csv->text, "", 1) < 0)
		return fail(csv, err, "a row is too long");
	const char *text = (const char *)csv->text.data + start;
	if (size >= CSV_CELL_MAX)
		return fail(csv, err, "a cell is too long");
	if (!text_is_utf8(text, size) || strlen(text) != size)
		return fail(csv, err, "a cell is not UTF-8: save the file as \"CSV UTF-8\"");
	return 0;
}

int csv_row(struct csv *csv, struct err *err)
{
	do {
		if (csv->at == csv->end)
			return 0;
		csv->columns = 0;
		csv->text.size = 0;
		csv->line = csv->next_line;
		for (bool has_more = true; has_more;) {
			int r = read_cell(csv, err);

			if (r < 0)
				return r;
			has_more = csv->at < csv->end && *csv->at == csv->separator;
			csv->at += has_more;
		}
		csv->at += csv->at < csv->end && *csv->at == '\r';
		csv->at += csv->at < csv->end && *csv->at == '\n';
		csv->next_line++;
	} while (csv->columns == 1 && csv->text.size == 1);
	for (unsigned i = 0; i < csv->columns; i++)
		csv->cells[i] = (const char *)csv->text.data + csv->starts[i];
	return 1;
}

/* --- writing */

static int put(struct csv_writer *writer, const char *bytes, size_t size)
{
	return array_append(writer->out, bytes, size);
}

static int begin_cell(struct csv_writer *writer)
{
	int r = writer->is_begun ? put(writer, ",", 1) : 0;

	writer->is_begun = true;
	return r;
}

int csv_put_empty(struct csv_writer *writer)
{
	return begin_cell(writer);
}

int csv_put_text(struct csv_writer *writer, const char *text)
{
	bool is_formula = text[0] && strchr("=+-@\t\r", text[0]);
	int r = begin_cell(writer);

	if (!text[strcspn(text, ",;\"\r\n\t")] && !is_formula)
		return r < 0 ? r : put(writer, text, strlen(text));
	if (r == 0)
		r = put(writer, is_formula ? "\"'" : "\"", is_formula ? 2 : 1);
	for (; *text && r == 0; text++)
		r = put(writer, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	return r < 0 ? r : put(writer, "\"", 1);
}

int csv_put_whole(struct csv_writer *writer, int64_t number)
{
	char text[24];
	int size = snprintf(text, sizeof(text), "%lld", (long long)number);
	int r = begin_cell(writer);

	return r < 0 ? r : put(writer, text, (size_t)size);
}

int csv_end_row(struct csv_writer *writer)
{
	writer->is_begun = false;
	return put(writer, "\r\n", 2);
}
