/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The effective document in two steps, so that devices share the first one. Layers are merged
 * over an inventory with marks in place of names: what comes of it is the same for every device
 * with the same layers, and its hash tells whether anything changed. Then it is finished for one
 * device: marks, variables and secrets (template.h) are put in. That is the one place where what
 * is written in a document becomes what a device gets.
 */
#ifndef SERVER_EFFECTIVE_H
#define SERVER_EFFECTIVE_H

#include <cjson/cJSON.h>

#include "server/fleet.h"
#include "server/stack.h"
#include "server/template.h"

/*
 * Layers in the order of merging, at most STACK_MAX - 1; `has_site` of the device. The caller owns
 * the document.
 */
cJSON *effective_merge(const struct conf_layer *layers, unsigned count, bool has_site);

/* What its texts use: CONF_USES_... of conf/expand.h. */
unsigned effective_uses(const cJSON *document);

/*
 * Of all that a device would get, with which secret, set by which revision, in place of each. What
 * differs from device to device is not in it. `device`: its place, and its id when it has layers
 * or secrets of its own, else "". The order of members counts: desktops are shown in theirs.
 */
void effective_hash(struct server *server, const struct db_device *device, const cJSON *document,
		uint8_t hash[DB_HASH]);

/*
 * In place, for `device`: id, name, tenant, site, groups; its hardware is read when it is needed.
 * -EBADMSG with the path when something in it cannot be put in.
 */
int effective_finish(struct server *server, struct db_device *device, enum template_kind kind,
		cJSON *document, struct err *err);

/* Of a device as it is committed; the caller owns it. */
int effective_of(struct fleet *fleet, const struct fleet_device *device, enum template_kind kind,
		cJSON **ret, struct err *err);

/* Whether it is valid once it is sent: -EBADMSG with the path. */
int effective_check(struct server *server, struct db_device *device, const cJSON *document,
		struct err *err);

/* In place, for people: ${...} stays where it differs from device to device, or is a secret. */
void effective_show(cJSON *document);

#endif
