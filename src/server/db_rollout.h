/* SPDX-License-Identifier: Apache-2.0 */
/* Roll-outs in the database. As in db.h: 0 or a negative errno. */
#ifndef SERVER_DB_ROLLOUT_H
#define SERVER_DB_ROLLOUT_H

#include "server/rollout_plan.h"

/* Stored as numbers: only add at the end. */
enum db_rollout_state {
	DB_ROLLOUT_DRAFT,
	DB_ROLLOUT_RUNNING,
	DB_ROLLOUT_WAITING, /* running, but nobody can get it now */
	DB_ROLLOUT_STOPPED,
	DB_ROLLOUT_UNDOING, /* taken back; not every device has reported so */
	DB_ROLLOUT_UNDONE,
	DB_ROLLOUT_DONE,
	DB_ROLLOUT_STATES,
};

struct db_rollout {
	char id[DB_ID_MAX];
	char name[DB_NAME_MAX];
	char scope[DB_SCOPE_MAX];
	char tenant[DB_NAME_MAX]; /* of the scope, "" for none: who may see it */
	char site[DB_PLACE_MAX];
	enum db_rollout_state state;
	char reason[DB_REASON_MAX];
	char made_by[DB_NAME_MAX];
	int64_t made_s;
	char started_by[DB_NAME_MAX];
	int64_t started_s, ended_s;
	int64_t ring;   /* under way, 0.. */
	int64_t held_s; /* since when its gate holds, 0: not yet */
	bool is_consented;
	char why[ROLLOUT_WHY_MAX];
	int64_t revision; /* that its values came with: the start's */
	int64_t merged;   /* that made it part of the layer, 0: none */
	int64_t undone;   /* that took it back, 0: none */
	/* JSON, NULL when there is none yet; db_rollout_finish frees them. */
	char *patch, *plan, *bounds;
	char *counts; /* devices without it: a list per ring, by enum rollout_pick */
};

void db_rollout_finish(struct db_rollout *rollout);

static inline void own_end_db_rollout(struct db_rollout *rollout)
{
	db_rollout_finish(rollout);
}

int db_rollout_add(struct db *db, const struct db_rollout *rollout, struct err *err);
/* Writes all that changes: from `state` on, without who made it. */
int db_rollout_put(struct db *db, const struct db_rollout *rollout, struct err *err);
int db_rollout_get(struct db *db, const char *id, struct db_rollout *ret, struct err *err);
int db_rollout_remove(struct db *db, const char *id, struct err *err);

typedef int (*db_rollout_fn)(void *data, const struct db_rollout *rollout);
/* The newest first, before the id page->after; `view`: as rights_view. `state` -1: any. */
int db_rollout_list(struct db *db, const char *view, int64_t state, const struct db_page *page,
		db_rollout_fn fn, void *data, struct err *err);
/* Ids of those that the server has to do with: running, waiting, undoing. */
int db_rollout_active(struct db *db, db_id_fn fn, void *data, struct err *err);

/* --- who did what */

struct db_rollout_act {
	int64_t time_s;
	char person[DB_NAME_MAX]; /* "": the server by itself */
	char action[DB_KIND_MAX];
	char detail[DB_REASON_MAX];
};

typedef int (*db_rollout_act_fn)(void *data, const struct db_rollout_act *act);
int db_rollout_act_add(struct db *db, const char *id, const struct db_rollout_act *act,
		struct err *err);
/* The oldest first, `limit` of them. */
int db_rollout_acts(struct db *db, const char *id, int64_t limit, db_rollout_act_fn fn, void *data,
		struct err *err);

/* --- devices */

enum db_rollout_crashed { DB_ROLLOUT_NOT_CRASHED, DB_ROLLOUT_CRASHED, DB_ROLLOUT_CRASH_EXCUSED };

struct db_rollout_device {
	char id[DB_ID_MAX];
	char name[DB_NAME_MAX];
	char site[DB_PLACE_MAX];
	char tenant[DB_NAME_MAX];
	int64_t seen_s, approved_s;
	struct rollout_facts now;
	/* Of one that has it. */
	int64_t ring;
	struct rollout_given given;
	enum rollout_outcome outcome;
	enum db_rollout_crashed crashed;
	enum rollout_sign_in sign_in;
	char said[DB_REASON_MAX]; /* why it failed, as it reported */
};

typedef int (*db_rollout_device_fn)(void *data, const struct db_rollout_device *device);

/* Devices below the scope that don't have it, in the order of ids after `after`. */
int db_rollout_candidates(struct db *db, const struct db_rollout *rollout, const char *after,
		int64_t limit, db_rollout_device_fn fn, void *data, struct err *err);

enum db_rollout_which {
	DB_ROLLOUT_ALL,
	DB_ROLLOUT_OPEN,   /* pending, missing or excused: may still become good */
	DB_ROLLOUT_FAILED, /* returned, missing, excused, crashed, or whose sign-in failed */
};

/* Devices that have it. */
int db_rollout_devices(struct db *db, const char *id, enum db_rollout_which which,
		const struct db_page *page, db_rollout_device_fn fn, void *data, struct err *err);
int db_rollout_device_add(struct db *db, const char *id, const struct db_rollout_device *device,
		struct err *err);
/* Writes outcome, crashed, sign_in, saw_trial and what it said. */
int db_rollout_device_put(struct db *db, const char *id, const struct db_rollout_device *device,
		struct err *err);

/* All are to report `revision` from now on. */
int db_rollout_devices_again(struct db *db, const char *id, int64_t revision, int64_t now_s,
		struct err *err);
/* What failed so far counts no more. */
int db_rollout_devices_excuse(struct db *db, const char *id, struct err *err);

/* Adds those that have it to the rings of `ret`. */
int db_rollout_tally(struct db *db, const char *id, struct rollout_tally ret[ROLLOUT_RINGS_MAX],
		struct err *err);
/* How many got it at `since_s` or later. */
int db_rollout_recent(struct db *db, const char *id, int64_t since_s, int64_t *ret,
		struct err *err);

struct db_rollout_site {
	char site[DB_PLACE_MAX]; /* "" for devices of none */
	int64_t outcomes[ROLLOUT_OUTCOMES];
	int64_t crashed, devices; /* all devices below the scope there, with it or not */
};

typedef int (*db_rollout_site_fn)(void *data, const struct db_rollout_site *site);
int db_rollout_sites(struct db *db, const struct db_rollout *rollout, const struct db_page *page,
		db_rollout_site_fn fn, void *data, struct err *err);
/* Sites with devices that have it and have not reported; only `site` and PENDING are filled. */
int db_rollout_under_way(struct db *db, const char *id, db_rollout_site_fn fn, void *data,
		struct err *err);

#endif
