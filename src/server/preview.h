/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change would do, value by value over all devices, and what it would take away from the
 * persons in front of them (conf/doubts.h): collected by the publish that computes it.
 */
#ifndef SERVER_PREVIEW_H
#define SERVER_PREVIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "conf/conf.h"
#include "server/lookup.h"

enum { PREVIEW_VALUES_MAX = 200 };

/* All zero is an empty one. */
struct preview {
	struct lookup pairs; /* two documents: what differs between them, on how many devices */
};

/* One document and what another one makes of it. */
struct preview_pair {
	const cJSON *before, *after;   /* as people are shown them */
	const struct conf *had, *gets; /* NULL: not known */
};

/*
 * `count` more devices go from one document to another, by their hashes. True when this pair is
 * new: then preview_pair must follow.
 */
bool preview_count(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		size_t count);
void preview_pair(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		const struct preview_pair *pair);

/* One device by itself. */
void preview_one(struct preview *preview, const struct preview_pair *pair);

/*
 * [{"path", "before", "after", "device_count"}], the most frequent first, at most
 * PREVIEW_VALUES_MAX; and [{"path", "text", "severe", "device_count"}]. The caller owns them.
 */
cJSON *preview_values(const struct preview *preview);
cJSON *preview_warnings(const struct preview *preview);

void preview_finish(struct preview *preview);

#endif
