/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers to one effective document: JSON merge patch, RFC 7396. Trees come from json_parse and
 * so are at most JSON_DEPTH_MAX deep; merging never makes them deeper.
 */
#ifndef CONF_MERGE_H
#define CONF_MERGE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* MergePatch(target, patch) of RFC 7396, section 2. Neither is changed; the caller owns the result.
 */
cJSON *conf_merge(const cJSON *target, const cJSON *patch);

/* A named document that is merged over those before it. */
struct conf_layer {
	const char *name; /* "site/Harbour" */
	const cJSON *document;
	bool has_last_word; /* no lock holds it back; such layers come after all others */
};

/* All layers in order, from nothing ({}), with their locks (conf/locks.h). The caller owns the result. */
cJSON *conf_merge_layers(const struct conf_layer *layers, unsigned count);

/*
 * Which layer the value at `pointer` (RFC 6901) of the merged document comes from: the last one
 * that says something else than null there, up to one that locks it; first of all those that
 * have the last word. Its index, or -1.
 * Call it again with `count` = that index for the value that it overrides.
 */
int conf_merge_origin(const struct conf_layer *layers, unsigned count, const char *pointer);

/* The first layer that locks the value at `pointer`: its index, or -1. */
int conf_merge_lock(const struct conf_layer *layers, unsigned count, const char *pointer);

/*
 * For every leaf of the merged document its layer's name, keyed by its pointer:
 * {"/helpdesk/phone": "site/Harbour", ...}. The caller owns the object.
 */
cJSON *conf_merge_origins(const cJSON *merged, const struct conf_layer *layers, unsigned count);

#endif
