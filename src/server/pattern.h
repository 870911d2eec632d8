/* SPDX-License-Identifier: Apache-2.0 */
/* Names made for devices: "SKO-{number:04}", "{serial}". Pure. */
#ifndef SERVER_PATTERN_H
#define SERVER_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "server/db.h"

struct pattern_facts {
	const char *serial, *mac, *model, *id; /* "" when unknown */
	int64_t number;
};

/*
 * {number}, {number:04} (digits at least), {serial}, {mac} (without colons), {model}, {id}. -EINVAL
 * for anything else in braces, or a result that is no name.
 */
int pattern_fill(const char *pattern, const struct pattern_facts *facts, char name[DB_NAME_MAX],
		struct err *err);

/* Whether another number gives another name. */
bool pattern_counts(const char *pattern);

#endif
