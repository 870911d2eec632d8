/* SPDX-License-Identifier: Apache-2.0 */
/* Columns for people. What the server says is made harmless for a terminal. Pure but for the file. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/array.h"

enum { TABLE_COLUMNS_MAX = 8 };

/* Cells in rows, the first row being the headings; init with the number of columns. */
struct table {
	unsigned columns;
	unsigned cells;
	struct array text; /* every cell with its NUL */
};

void table_init(struct table *table, unsigned columns);
void table_finish(struct table *table);

/* The next cell, from left to right. NULL is "-". Copied; cut at 120 letters. */
void table_add(struct table *table, const char *text);

/* Left-aligned, two spaces between columns, none at the ends of lines. */
void table_print(const struct table *table, FILE *out);

/* Outside text for a terminal: control bytes, escapes and C1 as "?", line feeds as spaces. */
void table_clean(const char *text, char *buffer, size_t size);

static inline void own_end_table(struct table *table)
{
	table_finish(table);
}

#endif
