/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comma-separated values, RFC 4180, both ways. A reader takes commas or semicolons (what a Nordic
 * Excel writes), whichever the first line has more of, and a byte order mark.
 * A writer protects spreadsheets: a text that begins with = + - @ TAB or CR gets an apostrophe in
 * front, so that it is never a formula. Pure.
 */
#ifndef SERVER_CSV_H
#define SERVER_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/err.h"

enum { CSV_COLUMNS_MAX = 64, CSV_CELL_MAX = 4096 };

struct csv {
	const char *at, *end;
	char separator;
	unsigned line;    /* of the row that csv_row read, from 1 */
	unsigned columns; /* of the row that csv_row read */
	const char *cells[CSV_COLUMNS_MAX];
	struct array text; /* of the cells, with their NULs */
	size_t starts[CSV_COLUMNS_MAX];
	unsigned next_line;
};

/* `text` must outlive `csv`. */
void csv_begin(struct csv *csv, const char *text, size_t size);
void csv_finish(struct csv *csv);

static inline void own_end_csv(struct csv *csv)
{
	csv_finish(csv);
}

/* 1: a row is in `cells`, until the next call; 0: the end; -EINVAL with a sentence. Empty lines are
 * skipped. */
int csv_row(struct csv *csv, struct err *err);

/* A cell and the separator before it when it is not the first; csv_end_row ends the line with CRLF. */
struct csv_writer {
	struct array *out;
	bool is_begun;
};

int csv_put_text(struct csv_writer *writer, const char *text);
int csv_put_whole(struct csv_writer *writer, int64_t number);
int csv_put_empty(struct csv_writer *writer);
int csv_end_row(struct csv_writer *writer);

#endif
