/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the texts of a merged document become on one device (conf/expand.h). A document without
 * templates costs one look at its texts, and "variables" goes.
 */
#ifndef SERVER_TEMPLATE_H
#define SERVER_TEMPLATE_H

#include <cjson/cJSON.h>

#include "server/db.h"
#include "server/server.h"

enum template_kind {
	TEMPLATE_SHOWN,  /* to people: ${secret.NAME} stays */
	TEMPLATE_MARKED, /* to be compared: which secret, set by which revision */
	TEMPLATE_SENT,   /* to the device itself and nobody else: wipe what it is printed to */
};

/*
 * Of `device`: id, name, tenant, site, groups and hardware. -EBADMSG with the path for a name that nobody set.
 */
int template_expand(struct server *server, const struct db_device *device, enum template_kind kind,
		cJSON *merged, struct err *err);

/*
 * Whether the device could work with what it would be sent: -EBADMSG with the path, and nothing
 * of a secret in the sentence. `merged` becomes TEMPLATE_MARKED: what changes are seen by.
 */
int template_check(struct server *server, const struct db_device *device, cJSON *merged,
		struct err *err);

#endif
