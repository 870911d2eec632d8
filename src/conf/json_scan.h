/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of conf/json: the grammar check before cJSON, and paths in messages. */
#ifndef CONF_JSON_SCAN_H
#define CONF_JSON_SCAN_H

#include <stddef.h>

#include "base/err.h"

/*
 * Whether `text` is one JSON text of RFC 8259 within the limits of conf/json.h (depth, keys,
 * UTF-8, escapes); -EINVAL with the path and the byte otherwise. Duplicate keys and the values
 * of numbers are left to the tree.
 */
int json_scan(const char *text, size_t size, struct err *err);

/*
 * Append ".key" or "[index]" to a path of JSON_PATH_MAX bytes: keys that are not plain
 * words in quotes, everything that does not fit as "...".
 */
void json_path_key(char *path, const char *key, size_t size);
void json_path_index(char *path, unsigned index);

#endif
