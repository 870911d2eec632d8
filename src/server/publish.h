/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change and what follows from it: one transaction in which a revision is written, and layers
 * or devices change. Every device concerned gets its effective config checked, by its class where
 * it has one (fleet.h), and the new revision only when its config really became another one.
 * Nobody is woken before the commit.
 */
#ifndef SERVER_PUBLISH_H
#define SERVER_PUBLISH_H

#include <cjson/cJSON.h>

#include "base/array.h"
#include "server/lookup.h"
#include "server/preview.h"
#include "server/server.h"

enum { PUBLISH_SHOWN_MAX = 100 };

struct publish {
	struct server *server;
	struct db_revision about;   /* the revision being made */
	char bad_device[DB_ID_MAX]; /* whose config became invalid */
	bool is_open;
	/* Set before publish_end: */
	bool wants_values;   /* fills `preview` */
	bool refuses_severe; /* -EBADMSG for what conf/doubts.h calls severe; of a dry run, nothing */
	struct preview preview;
	size_t count;       /* devices with a new config, known after publish_end */
	struct array shown; /* the first of their ids, sorted, DB_ID_MAX bytes each */
	/* Of publish_work.c */
	struct array changes;    /* struct fleet_change *: devices that are looked at one by one */
	struct array classes;    /* struct fleet_class *: that are looked at */
	struct lookup documents; /* of classes with the same layers: computed and checked once */
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
 * One device was added, placed, given another certificate or a variant, or removed, in this
 * transaction. Whatever changes a row that a device authenticates or is placed by must say so
 * here, or the servers go on with what was.
 */
int publish_device(struct publish *publish, const char *id, struct err *err);

/*
 * The layer of a scope, or a contingency set over it, was written in this transaction. -EBADMSG
 * when that makes a config invalid.
 */
int publish_below(struct publish *publish, const char *scope, struct err *err);

/* The same, but looked at by publish_end alone: for layers that make sense only together. */
int publish_stage(struct publish *publish, const char *scope, struct err *err);

/*
 * One more revision in the same transaction, for another layer: devices get the last one's number,
 * and the first ones have no count of devices.
 */
int publish_more(struct publish *publish, const struct db_revision *about, struct err *err);

/*
 * Commit and wake the devices with a new config, or take it all back when `is_dry`. -EBADMSG as
 * above.
 */
int publish_end(struct publish *publish, bool is_dry, struct err *err);

/* -EBADMSG with path and sentence when the preview has something that conf/doubts.h calls severe. */
int publish_refuse_severe(const struct publish *publish, struct err *err);

/* After publish_end: how many devices have a new config, and the first PUBLISH_SHOWN_MAX of them. */
unsigned publish_count(const struct publish *publish);
unsigned publish_shown(const struct publish *publish);
const char *publish_changed(const struct publish *publish, unsigned index);

/*
 * The config that a device fetches, made and signed now; the caller frees it. -ENOENT when
 * `revision` is not the device's newest (any more).
 */
int publish_envelope(struct server *server, const char *id, int64_t revision, char **envelope,
		struct err *err);

#endif
