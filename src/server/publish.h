/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change and what follows from it: one transaction in which a revision is
 * written, layers or devices change, every device concerned gets its effective
 * config checked and, only when that really became another one, a new signed
 * envelope. Nobody is woken before the commit.
 */
#ifndef SERVER_PUBLISH_H
#define SERVER_PUBLISH_H

#include <cjson/cJSON.h>

#include "base/array.h"
#include "server/server.h"

struct publish {
	struct server *server;
	struct db_revision about;   /* the revision being made */
	struct array changed;       /* ids of devices with a new config, DB_ID_MAX bytes each */
	struct array touched;       /* ids of devices that are new, placed, gone: alike */
	char bad_device[DB_ID_MAX]; /* whose config became invalid */
	bool is_open;
};

void publish_finish(struct publish *publish); /* rolls back what was not ended */

static inline void own_end_publish(struct publish *publish)
{
	publish_finish(publish);
}

/* Begin, with a new revision: `about` says person, reason, kind, scope, patch, after, undoes. */
int publish_begin(struct publish *publish, struct server *server, const struct db_revision *about,
		struct err *err);

/*
 * Check and refresh one device that was added, placed, given another certificate or removed; all
 * below a scope. Whatever changes a row of `device` that devices authenticate or are placed by
 * must say so here, in its transaction, or the servers go on with what was.
 */
int publish_device(struct publish *publish, const char *id, struct err *err);
int publish_below(struct publish *publish, const char *scope, struct err *err);

/* Commit and wake the devices with a new config, or take it all back when `is_dry`. */
int publish_end(struct publish *publish, bool is_dry, struct err *err);

unsigned publish_count(const struct publish *publish);
const char *publish_changed(const struct publish *publish, unsigned index);

/*
 * The config that a device fetches, made and signed now; the caller frees it. -ENOENT when
 * `revision` is not the device's newest (any more).
 */
int publish_envelope(struct server *server, const char *id, int64_t revision, char **envelope,
		struct err *err);

#endif
