/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change would do, value by value over all devices: collected by the publish that computes
 * it. Texts keep their ${...} where they differ from device to device.
 */
#ifndef SERVER_PREVIEW_H
#define SERVER_PREVIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "server/lookup.h"

enum { PREVIEW_VALUES_MAX = 200 };

/* All zero is an empty one. */
struct preview {
	struct lookup pairs;  /* two documents: what differs between them */
	struct lookup values; /* one difference: on how many devices */
};

/*
 * Whether this pair of documents (by their hashes) is new: then preview_pair must follow with the
 * documents. `count` more devices go from the one to the other.
 */
bool preview_count(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		size_t count);
void preview_pair(struct preview *preview, const uint8_t before[32], const uint8_t after[32],
		const cJSON *before_document, const cJSON *after_document);

/* One device by itself. */
void preview_one(struct preview *preview, const cJSON *before, const cJSON *after);

/* [{"path", "before", "after", "device_count"}], the most frequent first; the caller owns it. */
cJSON *preview_values(struct preview *preview);

void preview_finish(struct preview *preview);

#endif
